/** Walking several strided arrays in step: what broadcasting, permuting and reducing have in common. */
import type { TypedArray } from '../dtype.js';
import type { Shape } from '../shape.js';

/** An operand of a kernel: values, and how far apart neighbours along each axis are (0 where it is stretched). */
export interface Strided<S = TypedArray> {
  readonly data: S;
  readonly strides: readonly number[];
}

/** A walk over `shape` for several operands, with neighbouring axes merged wherever every operand allows. */
export interface Walk {
  readonly shape: number[];
  /** One list of strides per operand. */
  readonly strides: number[][];
}

/** Drops axes of length 1 and merges neighbours, so that most walks end as one or two loops. */
export function planWalk(shape: Shape, strides: readonly (readonly number[])[]): Walk {
  const walk: Walk = { shape: [], strides: strides.map(() => []) };
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis];
    if (length === 1) continue;
    const last = walk.shape.length - 1;
    const mergeable = last >= 0 && strides.every((own, i) => walk.strides[i][last] === own[axis] * length);
    if (mergeable) {
      walk.shape[last] *= length;
      strides.forEach((own, i) => {
        walk.strides[i][last] = own[axis];
      });
    } else {
      walk.shape.push(length);
      strides.forEach((own, i) => {
        walk.strides[i].push(own[axis]);
      });
    }
  }
  if (walk.shape.length === 0) {
    walk.shape.push(1);
    for (const own of walk.strides) own.push(0);
  }
  return walk;
}

/**
 * Calls `row(offsets)` for each innermost row of the walk, in row-major order. `offsets` holds where each operand's
 * row begins; it is the same array every time.
 */
export function forEachRow(walk: Walk, row: (offsets: readonly number[]) => void): void {
  if (walk.shape.includes(0)) return;
  const outer = walk.shape.length - 1;
  const index = new Array<number>(outer).fill(0);
  const offsets = walk.strides.map(() => 0);
  for (;;) {
    row(offsets);
    let axis = outer - 1;
    for (; axis >= 0; axis--) {
      index[axis]++;
      for (let i = 0; i < offsets.length; i++) offsets[i] += walk.strides[i][axis];
      if (index[axis] < walk.shape[axis]) break;
      for (let i = 0; i < offsets.length; i++) offsets[i] -= walk.strides[i][axis] * walk.shape[axis];
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
