/** Rotations of neighbouring columns, put off until there are enough to keep columns in the cache meanwhile. */
import { type Columns, rotate } from './vectors.js';

/** Rotation m mixes columns from + m * step and from + (m + 1) * step. */
interface Sweep {
  readonly from: number;
  readonly step: 1 | -1;
  /** The cosines and sines. */
  readonly c: number[];
  readonly s: number[];
}

/** So many sweeps are put off: as many columns are at work at a time, which fit the level-2 cache. */
const DELAY = 24;

/** Sweeps of rotations over the columns of a matrix, which are up to date after `finish`. */
export class DelayedRotations {
  readonly #columns: Columns;
  #sweeps: Sweep[] = [];

  constructor(columns: Columns) {
    this.#columns = columns;
  }

  /** Begins a sweep, whose rotations follow one after the other. */
  begin(from: number, step: 1 | -1): void {
    const [first] = this.#sweeps;
    if (first !== undefined && (first.step !== step || this.#sweeps.length === DELAY)) this.finish();
    this.#sweeps.push({ from, step, c: [], s: [] });
  }

  /** The next rotation: of the columns x and y, to c x + s y and c y - s x. */
  rotate(c: number, s: number): void {
    const sweep = this.#sweeps[this.#sweeps.length - 1];
    sweep.c.push(c);
    sweep.s.push(s);
  }

  /**
   * Sweeps follow each other at a distance of one column: a rotation only has to wait for those of earlier sweeps that
   * share a column with it, the last of which is one place ahead.
   */
  finish(): void {
    const last = this.#columns.length - 1;
    const places = this.#sweeps.map(({ from, step }) => (step === 1 ? from : last - from));
    const begin = Math.min(...places.map((place, k) => place + k));
    const end = Math.max(...places.map((place, k) => place + k + this.#sweeps[k].c.length));
    for (let time = begin; time < end; time++) {
      for (let k = 0; k < places.length; k++) {
        const { from, step, c, s } = this.#sweeps[k];
        const m = time - k - places[k];
        if (m < 0 || m >= c.length || s[m] === 0) continue;
        const at = from + m * step;
        rotate(this.#columns[at], this.#columns[at + step], c[m], s[m]);
      }
    }
    this.#sweeps = [];
  }
}
