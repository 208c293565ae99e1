// Running sums along lanes, added up in double precision.
import { pairAt, toFloats } from './doubles';
import { int, pointer } from './parameters';
import { scratch } from './scratch';

/** A chunk is some lanes that lie in one piece: 0 x, 1 the sums, 2 number of lanes, 3 their length, 4 lanes of a chunk. */
export function cumsumRows(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2));
  for (let i = first; i < last; i++) {
    const offset = (<usize>i * <usize>length) << 2;
    let x = pointer(p, 0) + offset;
    let to = pointer(p, 1) + offset;
    let before = f64x2.splat(0);
    let k = length;
    for (; k >= 4; k -= 4, x += 16, to += 16) {
      const low = runningPair(pairAt(x));
      const high = runningPair(pairAt(x + 8));
      const middle = v128.shuffle<f64>(low, low, 1, 1);
      const all = f64x2.add(middle, high);
      v128.store(to, toFloats(f64x2.add(before, low), f64x2.add(before, all)));
      before = f64x2.add(before, v128.shuffle<f64>(all, all, 1, 1));
    }
    let sum = f64x2.extract_lane(before, 0);
    for (; k > 0; k--, x += 4, to += 4) {
      sum += <f64>load<f32>(x);
      store<f32>(to, <f32>sum);
    }
  }
}

/** [a, a + b]. */
@inline
function runningPair(x: v128): v128 {
  return f64x2.add(x, v128.shuffle<f64>(f64x2.splat(0), x, 0, 2));
}

/**
 * Lanes whose values alternate; a chunk is some blocks of neighbouring ones: 0 x, 1 the sums, 2 number of groups of lanes, 3 the
 * lanes' length, 4 blocks of a chunk, 5 is not used, 6 lanes of a group, 7 lanes of a block, at most 65,536.
 */
export function cumsumColumns(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const inner = int(p, 6);
  const width = int(p, 7);
  const across = (inner + width - 1) / width;
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2) * across);
  for (let block = first; block < last; block++) {
    const group = block / across;
    const left = (block - group * across) * width;
    const offset = (<usize>group * <usize>length * <usize>inner + <usize>left) << 2;
    runningSums(pointer(p, 0) + offset, pointer(p, 1) + offset, length, <usize>inner << 2, min(width, inner - left));
  }
}

function runningSums(x: usize, to: usize, length: i32, stride: usize, columns: i32): void {
  const sums = scratch();
  memory.fill(sums, 0, <usize>columns << 3);
  for (let k = 0; k < length; k++, x += stride, to += stride) {
    let j: usize = 0;
    for (let rest = columns; rest >= 4; rest -= 4, j += 4) {
      const sum = sums + (j << 3);
      const low = f64x2.add(v128.load(sum), pairAt(x + (j << 2)));
      const high = f64x2.add(v128.load(sum, 16), pairAt(x + (j << 2) + 8));
      v128.store(sum, low);
      v128.store(sum, high, 16);
      v128.store(to + (j << 2), toFloats(low, high));
    }
    for (; j < <usize>columns; j++) {
      const sum = load<f64>(sums + (j << 3)) + <f64>load<f32>(x + (j << 2));
      store<f64>(sums + (j << 3), sum);
      store<f32>(to + (j << 2), <f32>sum);
    }
  }
}
