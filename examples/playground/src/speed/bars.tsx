/** The results as a chart: a bar for each contestant, as long as it is fast. */
import type { Result } from './results.js';

/** What stands at a bar: `12.3×`. */
export function times(factor: number): string {
  return `${factor >= 100 ? Math.round(factor) : Number(factor.toPrecision(3))}×`;
}

export function Bars({ results, title }: { readonly results: readonly Result[]; readonly title: string }) {
  const fastest = Math.max(...results.map(({ speedUp }) => speedUp ?? 0));
  const rival = results.find(({ speedUp }) => speedUp !== null);
  if (rival === undefined) return null;
  return (
    <figure class="speed-bars">
      <figcaption>
        {title}: times as fast as {rival.name}
      </figcaption>
      <ul>
        {results.map(({ name, speedUp }) => (
          <li key={name}>
            <span>{name}</span>
            <svg aria-hidden="true" height="1.2em">
              <rect class="track" width="100%" height="100%" rx="3" />
              <rect class="bar" width={`${(100 * (speedUp ?? 0)) / fastest}%`} height="100%" rx="3" />
            </svg>
            <strong>{speedUp === null ? '–' : times(speedUp)}</strong>
          </li>
        ))}
      </ul>
    </figure>
  );
}
