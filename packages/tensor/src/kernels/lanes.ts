/** A contiguous tensor seen as lanes along one axis. */
import { type Shape, sizeOf } from '../shape.js';

/** [outer, length, inner]: a lane is the `length` values at a fixed outer and inner position, `inner` apart. */
export interface Lanes {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** The lanes of `shape` along `axis`; a scalar is one lane of length 1. */
export function lanesAlong(shape: Shape, axis: number): Lanes {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    length: shape[axis] ?? 1,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

/** The lanes that the last `axes` axes of `shape` make together. */
export function lanesOver(shape: Shape, axes: number): Lanes {
  const lead = shape.length - axes;
  return { outer: sizeOf(shape.slice(0, lead)), length: sizeOf(shape.slice(lead)), inner: 1 };
}
