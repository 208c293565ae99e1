/** The tabs as the ARIA Authoring Practices describe them: one Tab stop, arrow keys, Home and End. */
import { currentTab } from './location.js';
import { TABS } from './tabs.js';

/** From a key to the place of the tab that it moves to. */
const MOVES: Readonly<Record<string, (place: number) => number>> = {
  ArrowRight: (place) => (place + 1) % TABS.length,
  ArrowLeft: (place) => (place + TABS.length - 1) % TABS.length,
  Home: () => 0,
  End: () => TABS.length - 1,
};

export function TabBar() {
  const current = currentTab.value;
  const onKeyDown = (event: KeyboardEvent) => {
    const target = TABS[MOVES[event.key]?.(TABS.indexOf(current)) ?? -1];
    if (target === undefined) return;
    event.preventDefault();
    location.hash = target.id;
    document.getElementById(`tab-${target.id}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Parts of the playground" onKeyDown={onKeyDown}>
      {TABS.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`tab-${tab.id}`}
          aria-selected={tab === current}
          aria-controls={`panel-${tab.id}`}
          tabIndex={tab === current ? 0 : -1}
          onClick={() => {
            location.hash = tab.id;
          }}
        >
          {tab.title}
        </button>
      ))}
    </div>
  );
}
