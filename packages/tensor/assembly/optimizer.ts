// The steps of optimisers, for all parameters at once: PyTorch's formulas, in PyTorch's order.
import { float, int, pointer } from './parameters';

/*
 * Both kernels go through a table of pieces, stretches of the arrays of one parameter: a row for each, of 32-bit words, with
 * the number of elements, the addresses of what is read, and the addresses of what is written. A chunk is some rows that
 * follow one another. Eight elements are done at a time, and those past the end are written to the slack behind the array.
 *
 * 0 table, 1 list of the rows at which the chunks begin, with the end of the last one.
 */

/** An address of a row. */
@inline
function address(row: usize, i: usize): usize {
  return load<u32>(row + (i << 2));
}

/** All ones unless the factor is 0: what is multiplied with it then counts for nothing, infinite or not. */
@inline
function maskOf(factor: f32): v128 {
  return i32x4.splat(factor != 0 ? -1 : 0);
}

/** The direction of descent: the gradient with its sign and with the L2 penalty. */
@inline
function direction(gradient: v128, parameter: v128, sign: v128, penalty: v128, isPenalised: v128): v128 {
  return f32x4.add(f32x4.mul(gradient, sign), v128.and(isPenalised, f32x4.mul(parameter, penalty)));
}

/** mean * decay + fresh * rest */
@inline
function runningMean(mean: v128, decay: v128, fresh: v128, rest: v128): v128 {
  return f32x4.add(f32x4.mul(mean, decay), f32x4.mul(fresh, rest));
}

/** parameter * decay + step * mean / (sqrt(meanSquare) / correction + eps) */
@inline
function adamValue(
  parameter: v128,
  mean: v128,
  meanSquare: v128,
  decay: v128,
  step: v128,
  correction: v128,
  eps: v128,
): v128 {
  const denominator = f32x4.add(f32x4.div(f32x4.sqrt(meanSquare), correction), eps);
  return f32x4.add(f32x4.mul(parameter, decay), f32x4.div(f32x4.mul(step, mean), denominator));
}

/**
 * Rows: count; parameter, gradient, mean, mean square [, largest mean square]; the same without the gradient.
 *
 * 2 whether there are largest mean squares, 3 sign of the gradient, 4 penalty, 5 what is left of the parameter, 6 decay of
 * the mean, 7 the rest to 1, 8 decay of the mean square, 9 the rest to 1, 10 step (negative), 11 correction, 12 eps.
 */
export function adamStep(p: usize, chunk: i32): void {
  const isLargest = int(p, 2) != 0;
  const starts = pointer(p, 1) + (<usize>chunk << 2);
  const bytes: usize = isLargest ? 40 : 32;
  const end = pointer(p, 0) + <usize>load<u32>(starts, 4) * bytes;
  for (let row = pointer(p, 0) + <usize>load<u32>(starts) * bytes; row < end; row += bytes) {
    adamPiece(p, row, isLargest);
  }
}

function adamPiece(p: usize, row: usize, isLargest: bool): void {
  const sign = f32x4.splat(float(p, 3));
  const penalty = f32x4.splat(float(p, 4));
  const isPenalised = maskOf(float(p, 4));
  const left = f32x4.splat(float(p, 5));
  const decay1 = f32x4.splat(float(p, 6));
  const rest1 = f32x4.splat(float(p, 7));
  const decay2 = f32x4.splat(float(p, 8));
  const rest2 = f32x4.splat(float(p, 9));
  const step = f32x4.splat(float(p, 10));
  const correction = f32x4.splat(float(p, 11));
  const eps = f32x4.splat(float(p, 12));

  const parameter = address(row, 1);
  const gradient = address(row, 2);
  const mean = address(row, 3);
  const square = address(row, 4);
  const largest = isLargest ? address(row, 5) : 0;
  const outputs: usize = isLargest ? 6 : 5;
  const toParameter = address(row, outputs);
  const toMean = address(row, outputs + 1);
  const toSquare = address(row, outputs + 2);
  const toLargest = isLargest ? address(row, outputs + 3) : 0;

  const bytes = <usize>load<u32>(row) << 2;
  for (let i: usize = 0; i < bytes; i += 32) {
    const p0 = v128.load(parameter + i);
    const p1 = v128.load(parameter + i, 16);
    const g0 = direction(v128.load(gradient + i), p0, sign, penalty, isPenalised);
    const g1 = direction(v128.load(gradient + i, 16), p1, sign, penalty, isPenalised);
    const m0 = runningMean(v128.load(mean + i), decay1, g0, rest1);
    const m1 = runningMean(v128.load(mean + i, 16), decay1, g1, rest1);
    let s0 = runningMean(v128.load(square + i), decay2, f32x4.mul(g0, rest2), g0);
    let s1 = runningMean(v128.load(square + i, 16), decay2, f32x4.mul(g1, rest2), g1);
    v128.store(toMean + i, m0);
    v128.store(toMean + i, m1, 16);
    v128.store(toSquare + i, s0);
    v128.store(toSquare + i, s1, 16);
    if (isLargest) {
      s0 = f32x4.max(v128.load(largest + i), s0);
      s1 = f32x4.max(v128.load(largest + i, 16), s1);
      v128.store(toLargest + i, s0);
      v128.store(toLargest + i, s1, 16);
    }
    const v0 = adamValue(p0, m0, s0, left, step, correction, eps);
    const v1 = adamValue(p1, m1, s1, left, step, correction, eps);
    v128.store(toParameter + i, v0);
    v128.store(toParameter + i, v1, 16);
  }
}

/** No momentum; momentum that begins with this step; momentum that goes on. */
const PLAIN = 0;
const BEGINS = 1;

/**
 * Rows: count; parameter, gradient [, momentum, where it goes on]; parameter [, momentum, unless there is none].
 *
 * 2 kind of momentum, 3 sign of the gradient, 4 penalty, 5 momentum, 6 the gradient's part in it (1 - dampening), 7 whether
 * to look ahead (Nesterov), 8 step (negative).
 */
export function sgdStep(p: usize, chunk: i32): void {
  const kind = int(p, 2);
  const starts = pointer(p, 1) + (<usize>chunk << 2);
  const bytes: usize = kind == PLAIN ? 16 : kind == BEGINS ? 20 : 24;
  const end = pointer(p, 0) + <usize>load<u32>(starts, 4) * bytes;
  for (let row = pointer(p, 0) + <usize>load<u32>(starts) * bytes; row < end; row += bytes) {
    if (kind == PLAIN) plainPiece(p, row);
    else momentumPiece(p, row, kind == BEGINS);
  }
}

function plainPiece(p: usize, row: usize): void {
  const sign = f32x4.splat(float(p, 3));
  const penalty = f32x4.splat(float(p, 4));
  const isPenalised = maskOf(float(p, 4));
  const step = f32x4.splat(float(p, 8));

  const parameter = address(row, 1);
  const gradient = address(row, 2);
  const toParameter = address(row, 3);

  const bytes = <usize>load<u32>(row) << 2;
  for (let i: usize = 0; i < bytes; i += 32) {
    const p0 = v128.load(parameter + i);
    const p1 = v128.load(parameter + i, 16);
    const d0 = direction(v128.load(gradient + i), p0, sign, penalty, isPenalised);
    const d1 = direction(v128.load(gradient + i, 16), p1, sign, penalty, isPenalised);
    v128.store(toParameter + i, f32x4.add(p0, f32x4.mul(d0, step)));
    v128.store(toParameter + i, f32x4.add(p1, f32x4.mul(d1, step)), 16);
  }
}

/** The momentum is the direction itself where it begins. */
function momentumPiece(p: usize, row: usize, begins: bool): void {
  const sign = f32x4.splat(float(p, 3));
  const penalty = f32x4.splat(float(p, 4));
  const isPenalised = maskOf(float(p, 4));
  const decay = f32x4.splat(float(p, 5));
  const part = f32x4.splat(float(p, 6));
  const isNesterov = int(p, 7) != 0;
  const step = f32x4.splat(float(p, 8));

  const parameter = address(row, 1);
  const gradient = address(row, 2);
  const momentum = begins ? 0 : address(row, 3);
  const outputs: usize = begins ? 3 : 4;
  const toParameter = address(row, outputs);
  const toMomentum = address(row, outputs + 1);

  const bytes = <usize>load<u32>(row) << 2;
  for (let i: usize = 0; i < bytes; i += 32) {
    const p0 = v128.load(parameter + i);
    const p1 = v128.load(parameter + i, 16);
    let d0 = direction(v128.load(gradient + i), p0, sign, penalty, isPenalised);
    let d1 = direction(v128.load(gradient + i, 16), p1, sign, penalty, isPenalised);
    const m0 = begins ? d0 : runningMean(v128.load(momentum + i), decay, d0, part);
    const m1 = begins ? d1 : runningMean(v128.load(momentum + i, 16), decay, d1, part);
    v128.store(toMomentum + i, m0);
    v128.store(toMomentum + i, m1, 16);
    d0 = isNesterov ? f32x4.add(d0, f32x4.mul(m0, decay)) : m0;
    d1 = isNesterov ? f32x4.add(d1, f32x4.mul(m1, decay)) : m1;
    v128.store(toParameter + i, f32x4.add(p0, f32x4.mul(d0, step)));
    v128.store(toParameter + i, f32x4.add(p1, f32x4.mul(d1, step)), 16);
  }
}
