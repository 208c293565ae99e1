/** The results as a table, with what each contestant computed with, or why it is out. */
import { Fragment } from 'preact';
import { times } from './bars.js';
import type { Result } from './results.js';

export function ResultTable({ results }: { readonly results: readonly Result[] }) {
  return (
    <table class="speed-results">
      <thead>
        <tr>
          <th scope="col">Contestant</th>
          <th scope="col">Median</th>
          <th scope="col">Times as fast</th>
        </tr>
      </thead>
      <tbody>
        {results.map(({ name, note, isOut, milliseconds, gigaflops, speedUp }) => (
          <Fragment key={name}>
            <tr>
              <th scope="row">{name}</th>
              <td>{milliseconds === null ? '–' : `${rounded(milliseconds)} ms`}</td>
              <td>{speedUp === null ? '–' : times(speedUp)}</td>
            </tr>
            <tr class="note">
              <td colSpan={3}>
                {isOut ? `Not here: ${note}` : note}
                {gigaflops !== null && `; ${rounded(gigaflops)} GFLOPS`}
              </td>
            </tr>
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
