/** The graphs that a program showed, each a page of its own in a frame that may do nothing but run its own script. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Card } from '../shell/parts/card.js';
import type { GraphPage } from './program-worker.js';

export function GraphFrame({ pages }: { readonly pages: readonly GraphPage[] }) {
  const chosen = useSignal(0);
  useEffect(() => {
    chosen.value = pages.length - 1;
  }, [pages]);
  const page = pages[chosen.value] ?? pages.at(-1);
  if (page === undefined) return null;
  const actions = (
    <>
      {pages.length > 1 && (
        <select
          aria-label="Which graph"
          value={pages.indexOf(page)}
          onChange={(event) => {
            chosen.value = Number(event.currentTarget.value);
          }}
        >
          {pages.map(({ title }, i) => (
            <option key={i} value={i}>
              {title}
            </option>
          ))}
        </select>
      )}
      <SaveLink page={page} />
    </>
  );
  return (
    <Card title="Graph" actions={actions}>
      <iframe class="graph-frame" title={`Graph: ${page.title}`} sandbox="allow-scripts" srcdoc={page.html} />
    </Card>
  );
}

function SaveLink({ page }: { readonly page: GraphPage }) {
  const address = useMemo(() => URL.createObjectURL(new Blob([page.html], { type: 'text/html' })), [page]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return (
    <a href={address} download="graph.html">
      Save this page
    </a>
  );
}
