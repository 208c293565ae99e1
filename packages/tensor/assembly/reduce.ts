// Reductions over the axes R2 and R1 of x[K2, R2, K1, R1, K0], accumulated in double precision: what is left of any reduction
// of a contiguous tensor when neighbouring axes that are both kept or both reduced are taken as one. Where few outputs take
// many inputs each, the reduced axis is cut into slabs, whose partial results are combined in a fixed order.
import { pairAt, toFloats } from './doubles';
import { largestOf } from './extremes';
import { int, pointer } from './parameters';
import { scratch } from './scratch';

// The reductions, by the number that the caller passes.
const SUM = 0;
const PROD = 1;
const AMAX = 2;
const AMIN = 3;

/** What the reduction of nothing gives. */
function neutral(reduction: i32): f64 {
  if (reduction == SUM) return 0;
  if (reduction == PROD) return 1;
  return reduction == AMAX ? -Infinity : Infinity;
}

/** max and min give NaN as soon as there is one. */
@inline
function combine(a: f64, b: f64, reduction: i32): f64 {
  if (reduction == SUM) return a + b;
  if (reduction == PROD) return a * b;
  return reduction == AMAX ? max<f64>(a, b) : min<f64>(a, b);
}

@inline
function combinePairs(a: v128, b: v128, reduction: i32): v128 {
  if (reduction == SUM) return f64x2.add(a, b);
  if (reduction == PROD) return f64x2.mul(a, b);
  return reduction == AMAX ? f64x2.max(a, b) : f64x2.min(a, b);
}

/** Reduces `rows` rows of `count` floats each, `stride` bytes apart, to one value. */
@inline
function foldRows(x: usize, rows: i32, stride: usize, count: i32, reduction: i32): f64 {
  const start = neutral(reduction);
  let a = f64x2.splat(start);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  let g = a;
  let h = a;
  let rest = start;
  for (let i = 0; i < rows; i++, x += stride) {
    let at = x;
    let k = count;
    for (; k >= 16; k -= 16, at += 64) {
      a = combinePairs(a, pairAt(at), reduction);
      b = combinePairs(b, pairAt(at + 8), reduction);
      c = combinePairs(c, pairAt(at + 16), reduction);
      d = combinePairs(d, pairAt(at + 24), reduction);
      e = combinePairs(e, pairAt(at + 32), reduction);
      f = combinePairs(f, pairAt(at + 40), reduction);
      g = combinePairs(g, pairAt(at + 48), reduction);
      h = combinePairs(h, pairAt(at + 56), reduction);
    }
    for (; k >= 2; k -= 2, at += 8) a = combinePairs(a, pairAt(at), reduction);
    if (k > 0) rest = combine(rest, <f64>load<f32>(at), reduction);
  }
  a = combinePairs(combinePairs(a, b, reduction), combinePairs(c, d, reduction), reduction);
  e = combinePairs(combinePairs(e, f, reduction), combinePairs(g, h, reduction), reduction);
  a = combinePairs(a, e, reduction);
  return combine(combine(f64x2.extract_lane(a, 0), f64x2.extract_lane(a, 1), reduction), rest, reduction);
}

function reducedRows(x: usize, rows: i32, stride: usize, count: i32, reduction: i32): f64 {
  if (reduction == SUM) return foldRows(x, rows, stride, count, SUM);
  if (reduction == PROD) return foldRows(x, rows, stride, count, PROD);
  const sign: f32 = reduction == AMAX ? 1 : -1;
  let largest: f32 = -Infinity;
  for (let i = 0; i < rows; i++, x += stride) largest = max<f32>(largest, largestOf(x, count, sign));
  return <f64>(largest * sign);
}

/**
 * K0 = 1: each output is made of rows that lie in one piece. A chunk is some outputs of one slab.
 *
 * 0 x, 1 the outputs, or with several slabs the partial results, as doubles; 2 the reduction, 3 K2 K1, 4 R2, 5 K1, 6 R1,
 * 7 outputs of a chunk, 8 slabs, 9 how much of the reduced axis (R2, or R1 where R2 is 1) a slab takes.
 */
export function reduceRows(p: usize, chunk: i32): void {
  const x = pointer(p, 0);
  const to = pointer(p, 1);
  const reduction = int(p, 2);
  const outputs = int(p, 3);
  const R2 = int(p, 4);
  const K1 = int(p, 5);
  const R1 = int(p, 6);
  const perChunk = int(p, 7);
  const slabs = int(p, 8);
  const length = int(p, 9);
  const groups = (outputs + perChunk - 1) / perChunk;
  const slab = chunk / groups;
  const first = (chunk - slab * groups) * perChunk;
  const last = min(first + perChunk, outputs);
  const from = slab * length;
  const rows = R2 > 1 ? min(length, R2 - from) : 1;
  const count = R2 > 1 ? R1 : min(length, R1 - from);
  const stride = (<usize>K1 * <usize>R1) << 2;
  const start = x + <usize>from * (R2 > 1 ? stride : 4);
  for (let o = first; o < last; o++) {
    const k2 = o / K1;
    const at = start + <usize>k2 * <usize>R2 * stride + ((<usize>(o - k2 * K1) * <usize>R1) << 2);
    const value = reducedRows(at, rows, stride, count, reduction);
    if (slabs == 1) store<f32>(to + (<usize>o << 2), <f32>value);
    else store<f64>(to + ((<usize>slab * <usize>outputs + <usize>o) << 3), value);
  }
}

/** Takes `rows` rows of `columns` floats, `stride` bytes apart, into as many doubles. */
@inline
function foldColumns(to: usize, x: usize, rows: i32, stride: usize, columns: i32, reduction: i32): void {
  for (; rows >= 4; rows -= 4, x += stride << 2) {
    const x1 = x + stride;
    const x2 = x1 + stride;
    const x3 = x2 + stride;
    let j: usize = 0;
    for (let k = columns; k >= 4; k -= 4, j += 4) {
      const at = j << 2;
      let a = combinePairs(v128.load(to + (at << 1)), pairAt(x + at), reduction);
      let b = combinePairs(v128.load(to + (at << 1), 16), pairAt(x + at + 8), reduction);
      a = combinePairs(a, pairAt(x1 + at), reduction);
      b = combinePairs(b, pairAt(x1 + at + 8), reduction);
      a = combinePairs(a, pairAt(x2 + at), reduction);
      b = combinePairs(b, pairAt(x2 + at + 8), reduction);
      a = combinePairs(a, pairAt(x3 + at), reduction);
      b = combinePairs(b, pairAt(x3 + at + 8), reduction);
      v128.store(to + (at << 1), a);
      v128.store(to + (at << 1), b, 16);
    }
    for (; j < <usize>columns; j++) {
      const at = j << 2;
      let a = load<f64>(to + (j << 3));
      a = combine(a, <f64>load<f32>(x + at), reduction);
      a = combine(a, <f64>load<f32>(x1 + at), reduction);
      a = combine(a, <f64>load<f32>(x2 + at), reduction);
      a = combine(a, <f64>load<f32>(x3 + at), reduction);
      store<f64>(to + (j << 3), a);
    }
  }
  for (; rows > 0; rows--, x += stride) {
    let j: usize = 0;
    for (let k = columns; k >= 2; k -= 2, j += 2) {
      v128.store(to + (j << 3), combinePairs(v128.load(to + (j << 3)), pairAt(x + (j << 2)), reduction));
    }
    if (j < <usize>columns) {
      store<f64>(to + (j << 3), combine(load<f64>(to + (j << 3)), <f64>load<f32>(x + (j << 2)), reduction));
    }
  }
}

function reducedColumns(to: usize, x: usize, rows: i32, stride: usize, columns: i32, reduction: i32): void {
  if (reduction == SUM) foldColumns(to, x, rows, stride, columns, SUM);
  else if (reduction == PROD) foldColumns(to, x, rows, stride, columns, PROD);
  else if (reduction == AMAX) foldColumns(to, x, rows, stride, columns, AMAX);
  else foldColumns(to, x, rows, stride, columns, AMIN);
}

/**
 * K0 > 1: neighbouring outputs are made side by side, a block of columns at a time. A chunk is some blocks of one slab.
 *
 * 0 x, 1 the outputs, or with several slabs the partial results, as doubles; 2 the reduction, 3 K2 K1, 4 R2, 5 K1, 6 R1,
 * 7 blocks of a chunk, 8 slabs, 9 how much of the reduced axis (R2, or R1 where R2 is 1) a slab takes, 10 K0,
 * 11 columns of a block, at most 65,536.
 */
export function reduceColumns(p: usize, chunk: i32): void {
  const x = pointer(p, 0);
  const to = pointer(p, 1);
  const reduction = int(p, 2);
  const R2 = int(p, 4);
  const K1 = int(p, 5);
  const R1 = int(p, 6);
  const perChunk = int(p, 7);
  const slabs = int(p, 8);
  const length = int(p, 9);
  const K0 = int(p, 10);
  const width = int(p, 11);
  const across = (K0 + width - 1) / width;
  const blocks = int(p, 3) * across;
  const groups = (blocks + perChunk - 1) / perChunk;
  const slab = chunk / groups;
  const first = (chunk - slab * groups) * perChunk;
  const last = min(first + perChunk, blocks);
  const from = slab * length;
  const pieces = R2 > 1 ? min(length, R2 - from) : 1;
  const rows = R2 > 1 ? R1 : min(length, R1 - from);
  const stride = <usize>K0 << 2;
  const pieceStride = <usize>K1 * <usize>R1 * stride;
  const start = x + <usize>from * (R2 > 1 ? pieceStride : stride);
  const outputs = <usize>int(p, 3) * <usize>K0;
  for (let block = first; block < last; block++) {
    const k = block / across;
    const left = (block - k * across) * width;
    const columns = min(width, K0 - left);
    const k2 = k / K1;
    const output = <usize>k * <usize>K0 + <usize>left;
    let at = start + <usize>k2 * <usize>R2 * pieceStride;
    at += <usize>(k - k2 * K1) * <usize>R1 * stride + (<usize>left << 2);
    const sums = slabs == 1 ? scratch() : to + ((<usize>slab * outputs + output) << 3);
    const initial = neutral(reduction);
    for (let j = 0; j < columns; j++) store<f64>(sums + (<usize>j << 3), initial);
    for (let i = 0; i < pieces; i++, at += pieceStride) reducedColumns(sums, at, rows, stride, columns, reduction);
    if (slabs == 1) round(sums, to + (output << 2), columns);
  }
}

/** Doubles to floats. */
function round(from: usize, to: usize, count: i32): void {
  for (; count >= 4; count -= 4, from += 32, to += 16) {
    v128.store(to, toFloats(v128.load(from), v128.load(from, 16)));
  }
  for (; count > 0; count--, from += 8, to += 4) store<f32>(to, <f32>load<f64>(from));
}

/** Combines the partial results of the slabs: 0 them, 1 the outputs, 2 the reduction, 3 the number of outputs, 4 slabs. */
export function reduceSlabs(p: usize, chunk: i32): void {
  const from = pointer(p, 0);
  const to = pointer(p, 1);
  const reduction = int(p, 2);
  const outputs = <usize>int(p, 3);
  const slabs = <usize>int(p, 4);
  for (let o: usize = 0; o < outputs; o++) {
    let value = load<f64>(from + (o << 3));
    for (let slab: usize = 1; slab < slabs; slab++) {
      value = combine(value, load<f64>(from + ((slab * outputs + o) << 3)), reduction);
    }
    store<f32>(to + (o << 2), <f32>value);
  }
}
