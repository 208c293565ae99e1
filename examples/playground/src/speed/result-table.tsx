/** The results as a table, with what each contestant computed with, or why it is out. */
import { times } from './bars.js';
import type { Result } from './results.js';

export function ResultTable({ results }: { readonly results: readonly Result[] }) {
  const hasOperations = results.some(({ gigaflops }) => gigaflops !== null);
  return (
    <table class="speed-results">
      <thead>
        <tr>
          <th scope="col">Contestant</th>
          <th scope="col">Median</th>
          {hasOperations && <th scope="col">GFLOPS</th>}
          <th scope="col">Times as fast</th>
        </tr>
      </thead>
      <tbody>
        {results.map(({ name, note, isOut, milliseconds, gigaflops, speedUp }) => (
          <tr key={name}>
            <th scope="row">
              {name}
              <span class="muted">{isOut ? `Not here: ${note}` : note}</span>
            </th>
            <td>{milliseconds === null ? '–' : duration(milliseconds)}</td>
            {hasOperations && <td>{gigaflops === null ? '–' : Number(gigaflops.toPrecision(3))}</td>}
            <td>{speedUp === null ? '–' : times(speedUp)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function duration(milliseconds: number): string {
  return `${Number(milliseconds.toPrecision(3))} ms`;
}
