/** The results as a table, with what each contestant computed with, or why it is out. */
import { Fragment } from 'preact';
import { times } from './bars.js';
import type { Result } from './results.js';

export function ResultTable({ results }: { readonly results: readonly Result[] }) {
  const hasOperations = results.some(({ gigaflops }) => gigaflops !== null);
  const columns = ['Contestant', 'Median', ...(hasOperations ? ['GFLOPS'] : []), 'Times as fast'];
  return (
    <table class="speed-results">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {results.map(({ name, note, isOut, milliseconds, gigaflops, speedUp }) => (
          <Fragment key={name}>
            <tr>
              <th scope="row">{name}</th>
              <td>{milliseconds === null ? '–' : duration(milliseconds)}</td>
              {hasOperations && <td>{gigaflops === null ? '–' : Number(gigaflops.toPrecision(3))}</td>}
              <td>{speedUp === null ? '–' : times(speedUp)}</td>
            </tr>
            <tr class="note">
              <td colSpan={columns.length}>{isOut ? `Not here: ${note}` : note}</td>
            </tr>
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function duration(milliseconds: number): string {
  return `${Number(milliseconds.toPrecision(3))} ms`;
}
