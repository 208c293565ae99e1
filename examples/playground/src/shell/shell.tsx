/** The frame of the page: the title, the tabs, and the panel of the one that is chosen. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { currentTab } from './location.js';
import { Problem } from './parts/problem.js';
import { TabBar } from './tab-bar.js';
import { TABS, type TabEntry } from './tabs.js';
import { ThemeToggle } from './theme.js';

export function Shell() {
  const current = currentTab.value;
  const visited = useSignal<ReadonlySet<TabEntry>>(new Set([current]));
  useEffect(() => {
    visited.value = new Set([...visited.value, current]);
    document.title = `${current.title} · lowrank playground`;
  }, [current]);
  return (
    <>
      <header class="masthead">
        <h1>
          lowrank <span class="muted">playground</span>
        </h1>
        <TabBar />
        <ThemeToggle />
      </header>
      <main>
        {TABS.map((tab) => (
          <div
            key={tab.id}
            role="tabpanel"
            id={`panel-${tab.id}`}
            aria-labelledby={`tab-${tab.id}`}
            hidden={tab !== current}
            tabIndex={-1}
          >
            {(tab === current || visited.value.has(tab)) && <Panel tab={tab} />}
          </div>
        ))}
      </main>
      {!crossOriginIsolated && (
        <footer class="muted">{isSecureContext ? <WithoutHeaders /> : <FromAfar />}</footer>
      )}
    </>
  );
}

function WithoutHeaders() {
  return (
    <>
      One thread: this server does not send the headers Cross-Origin-Opener-Policy and
      Cross-Origin-Embedder-Policy, without which pages share no memory with their workers.
      <code> npx lowrank playground </code> sends them.
    </>
  );
}

/** Neither threads nor the hashes that a graph's page is made with are for pages that anyone on the way could have changed. */
function FromAfar() {
  return (
    <>
      One thread, no WebGPU and no graphs: this page came from another machine by http. Browsers have all of
      it for pages that come by https, or from this machine.
    </>
  );
}

/** Loads the tab's code and shows it. A tab that was shown stays as it is while another one is looked at. */
function Panel({ tab }: { readonly tab: TabEntry }) {
  const content = useSignal<ComponentType | null>(null);
  const failure = useSignal<unknown>(null);
  useEffect(() => {
    tab.load().then(
      ({ Tab }) => {
        content.value = Tab;
      },
      (error: unknown) => {
        failure.value = error;
      },
    );
  }, [tab]);
  const Content = content.value;
  if (failure.value !== null)
    return <Problem title={`${tab.title} could not be loaded`} error={failure.value} />;
  return Content === null ? <p class="loading muted">Loading…</p> : <Content />;
}
