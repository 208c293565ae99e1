/** Singular values of bidiagonal matrices, by implicit QR sweeps. */
import type { Bidiagonal } from './bidiagonal.js';
import { type Columns, rotate } from './vectors.js';

/** Sweeps for each singular value: two or three are usual. */
const MAX_SWEEPS = 60;

/** Smaller elements beside the diagonal are noise, whatever stands on it: the matrix was scaled to about 1. */
const NOTHING = 1e-150;

/**
 * Makes the bidiagonal matrix diagonal by rotations from the left and the right, which the columns of `left` and
 * `right` go along with. The elements of the diagonal end up in any order, with any sign. (Golub and Reinsch,
 * "Singular Value Decomposition and Least Squares Solutions", 1970, with the sweeps without a shift of Demmel and
 * Kahan, "Accurate Singular Values of Bidiagonal Matrices", 1990.)
 */
export function diagonalize({ left, right, diagonal: d, upper: e }: Bidiagonal): void {
  let budget = MAX_SWEEPS * d.length;
  let last = d.length - 1;
  while (last > 0 && budget-- > 0) {
    if (isNegligible(d, e, last - 1)) {
      e[last - 1] = 0;
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isNegligible(d, e, first - 1)) first--;
    // Sweeps push what is small to their end, and so should begin where the large is.
    const down = Math.abs(d[first]) >= Math.abs(d[last]);
    if (down) sweep(d, e, { from: first, to: last, step: 1 }, right, left);
    // Turned about both diagonals the matrix is upper bidiagonal again, and its sides have changed places.
    else sweep(d, e, { from: last, to: first, step: -1 }, left, right);
  }
}

function isNegligible(d: Float64Array, e: Float64Array, i: number): boolean {
  const neighbours = Math.abs(d[i]) + Math.abs(d[i + 1]);
  return Math.abs(e[i]) <= Math.max(Number.EPSILON * neighbours, NOTHING);
}

/** A stretch of the diagonal, and the direction in which it is walked. */
interface Walk {
  readonly from: number;
  readonly to: number;
  readonly step: 1 | -1;
}

/** A rotation [c s; -s c]. */
interface Rotation {
  readonly c: number;
  readonly s: number;
  /** The length of what was rotated onto the first axis. */
  readonly length: number;
}

/** The rotation that maps [f, g] to [length, 0]. */
function rotationOf(f: number, g: number): Rotation {
  if (g === 0) return { c: 1, s: 0, length: f };
  const length = Math.hypot(f, g);
  return { c: f / length, s: g / length, length };
}

/**
 * A step of the QR iteration along the stretch. The first rotation of each pair mixes two neighbouring columns of the
 * matrix, the second two rows; `first` and `second` are the sides that collect them.
 */
function sweep(d: Float64Array, e: Float64Array, walk: Walk, first: Columns, second: Columns): void {
  const shift = shiftOf(d, e, walk);
  if (shift === 0) sweepUnshifted(d, e, walk, first, second);
  else sweepShifted(d, e, walk, shift, first, second);
}

function sweepShifted(
  d: Float64Array,
  e: Float64Array,
  { from, to, step }: Walk,
  shift: number,
  first: Columns,
  second: Columns,
): void {
  let f = (Math.abs(d[from]) - shift) * (Math.sign(d[from]) + shift / d[from]);
  let g = e[beside(from, step)];
  for (let i = from; i !== to; i += step) {
    const next = i + step;
    const at = beside(i, step);
    const a = rotationOf(f, g);
    if (i !== from) e[beside(i - step, step)] = a.length;
    f = a.c * d[i] + a.s * e[at];
    e[at] = a.c * e[at] - a.s * d[i];
    g = a.s * d[next];
    d[next] *= a.c;
    rotate(first[i], first[next], a.c, a.s);
    const b = rotationOf(f, g);
    d[i] = b.length;
    f = b.c * e[at] + b.s * d[next];
    d[next] = b.c * d[next] - b.s * e[at];
    if (next !== to) {
      g = b.s * e[beside(next, step)];
      e[beside(next, step)] *= b.c;
    }
    rotate(second[i], second[next], b.c, b.s);
  }
  e[beside(to - step, step)] = f;
}

/** The same without a shift, in a form in which no digits cancel. It splits a singular matrix at once. */
function sweepUnshifted(
  d: Float64Array,
  e: Float64Array,
  { from, to, step }: Walk,
  first: Columns,
  second: Columns,
): void {
  let c = 1;
  let b: Rotation = { c: 1, s: 0, length: 0 };
  for (let i = from; i !== to; i += step) {
    const next = i + step;
    const a = rotationOf(d[i] * c, e[beside(i, step)]);
    if (i !== from) e[beside(i - step, step)] = b.s * a.length;
    b = rotationOf(b.c * a.length, d[next] * a.s);
    d[i] = b.length;
    c = a.c;
    rotate(first[i], first[next], a.c, a.s);
    rotate(second[i], second[next], b.c, b.s);
  }
  const end = d[to] * c;
  d[to] = end * b.c;
  e[beside(to - step, step)] = end * b.s;
}

/** Where the element between a place and the next one on the walk is. */
function beside(i: number, step: 1 | -1): number {
  return Math.min(i, i + step);
}

/**
 * The smaller singular value of the last two rows and columns (LAPACK's `dlas2`), which the last element converges to;
 * 0 where rounding would do more harm than the shift does good, and for singular matrices.
 */
function shiftOf(d: Float64Array, e: Float64Array, { from, to, step }: Walk): number {
  const [p, q, r] = [Math.abs(d[to - step]), e[beside(to - step, step)], Math.abs(d[to])];
  const largest = (Math.hypot(p + r, q) + Math.hypot(p - r, q)) / 2;
  const shift = largest === 0 ? 0 : (p * r) / largest;
  if (!((shift / d[from]) ** 2 >= Number.EPSILON)) return 0;
  let smallest = Infinity;
  for (let i = from; i !== to + step; i += step) smallest = Math.min(smallest, Math.abs(d[i]));
  return smallest <= Number.EPSILON * Math.abs(d[from]) ? 0 : shift;
}
