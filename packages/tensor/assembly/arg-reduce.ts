// Where the first largest (or smallest) value of each lane is; NaN counts as the most extreme.
import { largestOf } from './extremes';
import { int, pointer } from './parameters';
import { scratch } from './scratch';

/**
 * A chunk is some lanes that lie in one piece.
 *
 * 0 x, 1 the positions, 2 number of lanes, 3 their length, at least 1, 4 lanes of a chunk,
 * 5 what values are multiplied with: 1 for the largest, -1 for the smallest.
 */
export function argReduceRows(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2));
  const sign: f32 = <f32>int(p, 5);
  for (let i = first; i < last; i++) {
    const lane = pointer(p, 0) + ((<usize>i * <usize>length) << 2);
    store<i32>(pointer(p, 1) + (<usize>i << 2), positionOfLargest(lane, length, sign));
  }
}

/** The largest value first, which vectors find fast, and then the place where it is. */
function positionOfLargest(lane: usize, length: i32, sign: f32): i32 {
  const largest = largestOf(lane, length, sign);
  const wanted = f32x4.splat(largest * sign);
  const isNaN = largest != largest;
  let at = lane;
  for (let k = 0; k < length; k += 4, at += 16) {
    const x = v128.load(at);
    const found = i32x4.bitmask(isNaN ? f32x4.ne(x, x) : f32x4.eq(x, wanted));
    if (found != 0) return k + ctz<i32>(found);
  }
  return 0;
}

/**
 * Lanes whose values alternate; a chunk is some blocks of neighbouring ones.
 *
 * 0 x, 1 the positions, 2 number of groups of lanes, 3 the lanes' length, at least 1, 4 blocks of a chunk,
 * 5 what values are multiplied with: 1 for the largest, -1 for the smallest, 6 lanes of a group, 7 lanes of a block, at most 65,536.
 */
export function argReduceColumns(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const signs = f32x4.splat(<f32>int(p, 5));
  const inner = int(p, 6);
  const width = int(p, 7);
  const across = (inner + width - 1) / width;
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2) * across);
  for (let block = first; block < last; block++) {
    const group = block / across;
    const left = (block - group * across) * width;
    const x = pointer(p, 0) + ((<usize>group * <usize>length * <usize>inner + <usize>left) << 2);
    const to = pointer(p, 1) + ((<usize>group * <usize>inner + <usize>left) << 2);
    positionsOfLargest(x, to, length, <usize>inner << 2, min(width, inner - left), signs);
  }
}

function positionsOfLargest(x: usize, to: usize, length: i32, stride: usize, columns: i32, signs: v128): void {
  // Whole vectors are read, so the last one may see more columns than there are, whose results are not copied.
  const bytes: usize = <usize>((columns + 3) & ~3) << 2;
  const best = scratch();
  const places = best + bytes;
  for (let j: usize = 0; j < bytes; j += 16) {
    v128.store(best + j, f32x4.mul(v128.load(x + j), signs));
    v128.store(places + j, i32x4.splat(0));
  }
  for (let k = 1; k < length; k++) {
    x += stride;
    const place = i32x4.splat(k);
    for (let j: usize = 0; j < bytes; j += 16) {
      const value = f32x4.mul(v128.load(x + j), signs);
      const old = v128.load(best + j);
      const isFirstNaN = v128.andnot(f32x4.ne(value, value), f32x4.ne(old, old));
      const isBetter = v128.or(f32x4.gt(value, old), isFirstNaN);
      v128.store(best + j, v128.bitselect(value, old, isBetter));
      v128.store(places + j, v128.bitselect(place, v128.load(places + j), isBetter));
    }
  }
  memory.copy(to, places, <usize>columns << 2);
}
