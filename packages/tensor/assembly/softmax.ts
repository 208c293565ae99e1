// Softmax and its logarithm along lanes: the largest value is subtracted first, so that no exponential overflows.
// A lane with NaN needs no care: its exponential makes the sum NaN, and the sum all of the lane.
import { exponential, prepareExponentials } from './distance-exponential';
import { highPair, lowPair, sumOfPair } from './doubles';
import { largestNumber } from './extremes';
import { logarithm } from './logarithm';
import { int, pointer } from './parameters';
import { scratch } from './scratch';
import { loadTail, storeTail } from './tails';

/** Writes exp(x - shift) of `length` floats, and returns the sum. */
export function exponentials(x: usize, to: usize, length: i32, shift: f32): f64 {
  prepareExponentials();
  const shifts = f32x4.splat(shift);
  let low = f64x2.splat(0);
  let high = low;
  for (; length >= 8; length -= 8, x += 32, to += 32) {
    const a = exponential(f32x4.sub(v128.load(x), shifts));
    const b = exponential(f32x4.sub(v128.load(x, 16), shifts));
    v128.store(to, a);
    v128.store(to, b, 16);
    low = f64x2.add(low, f64x2.add(lowPair(a), lowPair(b)));
    high = f64x2.add(high, f64x2.add(highPair(a), highPair(b)));
  }
  for (; length > 0; length -= 4, x += 16, to += 16) {
    const a = exponential(f32x4.sub(loadTail(x, length, f32x4.splat(-Infinity)), shifts));
    if (length >= 4) v128.store(to, a);
    else storeTail(to, a, length);
    low = f64x2.add(low, lowPair(a));
    high = f64x2.add(high, highPair(a));
  }
  return sumOfPair(f64x2.add(low, high));
}

/** The sum of exp(x - shift) of `length` floats. */
export function sumOfExponentials(x: usize, length: i32, shift: f32): f64 {
  prepareExponentials();
  const shifts = f32x4.splat(shift);
  let low = f64x2.splat(0);
  let high = low;
  for (; length >= 8; length -= 8, x += 32) {
    const a = exponential(f32x4.sub(v128.load(x), shifts));
    const b = exponential(f32x4.sub(v128.load(x, 16), shifts));
    low = f64x2.add(low, f64x2.add(lowPair(a), lowPair(b)));
    high = f64x2.add(high, f64x2.add(highPair(a), highPair(b)));
  }
  for (; length > 0; length -= 4, x += 16) {
    const a = exponential(f32x4.sub(loadTail(x, length, f32x4.splat(-Infinity)), shifts));
    low = f64x2.add(low, lowPair(a));
    high = f64x2.add(high, highPair(a));
  }
  return sumOfPair(f64x2.add(low, high));
}

/** to = to * factor, for `length` floats. */
export function scale(to: usize, length: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (; length >= 8; length -= 8, to += 32) {
    const a = f32x4.mul(v128.load(to), factors);
    const b = f32x4.mul(v128.load(to, 16), factors);
    v128.store(to, a);
    v128.store(to, b, 16);
  }
  for (; length > 0; length--, to += 4) store<f32>(to, load<f32>(to) * factor);
}

/** A chunk is some lanes that lie in one piece: 0 x, 1 the result, 2 number of lanes, 3 their length, 4 lanes of a chunk. */
export function softmaxRows(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2));
  for (let i = first; i < last; i++) {
    const offset = (<usize>i * <usize>length) << 2;
    const x = pointer(p, 0) + offset;
    const to = pointer(p, 1) + offset;
    const sum = exponentials(x, to, length, largestNumber(x, length));
    scale(to, length, <f32>(1 / sum));
  }
}

/** The same for the logarithm: (x - largest) - log(sum), in this order, as the largest may drown the logarithm. */
export function logSoftmaxRows(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2));
  for (let i = first; i < last; i++) {
    const offset = (<usize>i * <usize>length) << 2;
    let x = pointer(p, 0) + offset;
    let to = pointer(p, 1) + offset;
    const largest = largestNumber(x, length);
    const logSum = <f32>logarithm(sumOfExponentials(x, length, largest));
    const shift = f32x4.splat(largest);
    const shift2 = f32x4.splat(logSum);
    let k = length;
    for (; k >= 8; k -= 8, x += 32, to += 32) {
      const a = f32x4.sub(f32x4.sub(v128.load(x), shift), shift2);
      const b = f32x4.sub(f32x4.sub(v128.load(x, 16), shift), shift2);
      v128.store(to, a);
      v128.store(to, b, 16);
    }
    for (; k > 0; k--, x += 4, to += 4) store<f32>(to, load<f32>(x) - largest - logSum);
  }
}

/**
 * Lanes whose values alternate; a chunk is some blocks of neighbouring ones: 0 x, 1 the result, 2 number of groups of lanes, 3 the
 * lanes' length, 4 blocks of a chunk, 5 whether the logarithm is wanted, 6 lanes of a group, 7 lanes of a block, at most 16,384.
 */
export function softmaxColumns(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const isLog = int(p, 5) != 0;
  const inner = int(p, 6);
  const width = int(p, 7);
  const across = (inner + width - 1) / width;
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2) * across);
  for (let block = first; block < last; block++) {
    const group = block / across;
    const left = (block - group * across) * width;
    const offset = (<usize>group * <usize>length * <usize>inner + <usize>left) << 2;
    softmaxBlock(pointer(p, 0) + offset, pointer(p, 1) + offset, length, inner, min(width, inner - left), isLog);
  }
}

function softmaxBlock(x: usize, to: usize, length: i32, inner: i32, columns: i32, isLog: bool): void {
  prepareExponentials();
  const stride = <usize>inner << 2;
  const end = <usize>length * stride;
  // Whole vectors are read, so the last one may see more columns than there are, whose results are not written.
  const bytes: usize = <usize>((columns + 3) & ~3) << 2;
  const largest = scratch();
  const sums = largest + bytes;
  for (let j: usize = 0; j < bytes; j += 16) v128.store(largest + j, f32x4.splat(-Infinity));
  memory.fill(sums, 0, bytes << 1);
  for (let row: usize = 0; row < end; row += stride) {
    for (let j: usize = 0; j < bytes; j += 16) {
      v128.store(largest + j, f32x4.pmax(v128.load(largest + j), v128.load(x + row + j)));
    }
  }
  for (let row: usize = 0; row < end; row += stride) {
    for (let j: usize = 0; j < bytes; j += 16) {
      const a = exponential(f32x4.sub(v128.load(x + row + j), v128.load(largest + j)));
      const sum = sums + (j << 1);
      v128.store(sum, f64x2.add(v128.load(sum), lowPair(a)));
      v128.store(sum, f64x2.add(v128.load(sum, 16), highPair(a)), 16);
      if (!isLog) storeColumns(to + row, j, a, columns);
    }
  }
  // What comes last is a factor, or what is subtracted; it takes the place of the sums.
  for (let j: usize = 0; j < bytes; j += 4) {
    const sum = load<f64>(sums + (j << 1));
    store<f32>(sums + j, <f32>(isLog ? logarithm(sum) : 1 / sum));
  }
  for (let row: usize = 0; row < end; row += stride) {
    for (let j: usize = 0; j < bytes; j += 16) {
      const last = v128.load(sums + j);
      const a = isLog
        ? f32x4.sub(f32x4.sub(v128.load(x + row + j), v128.load(largest + j)), last)
        : f32x4.mul(v128.load(to + row + j), last);
      storeColumns(to + row, j, a, columns);
    }
  }
}

/** Writes those of four neighbours, `j` bytes into a row, that belong to the block. */
@inline
function storeColumns(row: usize, j: usize, x: v128, columns: i32): void {
  const rest = columns - <i32>(j >> 2);
  if (rest >= 4) v128.store(row + j, x);
  else storeTail(row + j, x, rest);
}
