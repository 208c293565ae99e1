// Columns of a padded row sorted by phase: phase j has the columns x with x % stride = j, so that what neighbouring pixels of the
// output see through one tap lies side by side.
import { copyRuns, copyStrided } from './conv2d-columns';

/** Sorts rows of `count` floats, which lie `step` bytes apart and have `skip` columns of padding before them. */
export function sortRows(
  from: usize,
  step: usize,
  rows: i32,
  count: i32,
  to: usize,
  phase: usize,
  width: usize,
  skip: i32,
  stride: i32,
): void {
  for (let j = 0; j < stride; j++) {
    // The first column of this phase.
    const first = (j + stride - (skip % stride)) % stride;
    const length = (count - first + stride - 1) / stride;
    if (length <= 0) continue;
    const source = from + (<usize>first << 2);
    const target = to + phase * <usize>j + (<usize>((first + skip) / stride) << 2);
    if (stride > 2) copyStrided(source, step, target, width, rows, length, stride, 0, length);
    else copyRuns(source, step, target, width, rows, length, stride, 0, length);
  }
}

/** Brings sorted rows back, or adds them to what there is. */
export function mergeRows(
  from: usize,
  phase: usize,
  width: usize,
  skip: i32,
  to: usize,
  step: usize,
  rows: i32,
  count: i32,
  stride: i32,
  isAdded: bool,
): void {
  if (isAdded || stride > 2) mergeSlowly(from, phase, width, skip, to, step, rows, count, stride, isAdded);
  else if (stride == 2) interleaveRows(from, phase, width, skip, to, step, rows, count);
  else copyRuns(from + (<usize>skip << 2), width, to, step, rows, count, 1, 0, count);
}

/** Two phases to rows of `count` floats. The last vector overlaps the one before it where `count` is no multiple of four. */
function interleaveRows(from: usize, phase: usize, width: usize, skip: i32, to: usize, step: usize, rows: i32, count: i32): void {
  let even = from + phase * <usize>(skip & 1) + (<usize>(skip >> 1) << 2);
  let odd = from + phase * <usize>(~skip & 1) + (<usize>((skip + 1) >> 1) << 2);
  if (count < 4) {
    for (; rows > 0; rows--, even += width, odd += width, to += step) {
      store<f32>(to, load<f32>(even));
      if (count > 1) store<f32>(to, load<f32>(odd), 4);
      if (count > 2) store<f32>(to, load<f32>(even, 4), 8);
    }
    return;
  }
  const start = count - 4;
  const last = <usize>start << 2;
  const isOdd = (start & 1) != 0;
  const half = <usize>(start >> 1) << 2;
  for (; rows > 0; rows--, even += width, odd += width, to += step) {
    let source: usize = 0;
    let at: usize = 0;
    for (; at + 32 <= last; at += 32, source += 16) {
      const a = v128.load(even + source);
      const b = v128.load(odd + source);
      v128.store(to + at, v128.shuffle<f32>(a, b, 0, 4, 1, 5));
      v128.store(to + at, v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16);
    }
    for (; at < last; at += 16, source += 8) {
      v128.store(to + at, v128.shuffle<f32>(v128.load(even + source), v128.load(odd + source), 0, 4, 1, 5));
    }
    const a = v128.load((isOdd ? odd : even) + half);
    const b = v128.load(isOdd ? even + half + 4 : odd + half);
    v128.store(to + last, v128.shuffle<f32>(a, b, 0, 4, 1, 5));
  }
}

/** Any number of phases. */
function mergeSlowly(
  from: usize,
  phase: usize,
  width: usize,
  skip: i32,
  to: usize,
  step: usize,
  rows: i32,
  count: i32,
  stride: i32,
  isAdded: bool,
): void {
  from += <usize>(skip / stride) << 2;
  for (; rows > 0; rows--, from += width, to += step) {
    let turn = skip % stride;
    let source = from;
    for (let at: usize = 0; at < <usize>count << 2; at += 4) {
      const value = load<f32>(source + phase * <usize>turn);
      store<f32>(to + at, isAdded ? load<f32>(to + at) + value : value);
      if (++turn == stride) {
        turn = 0;
        source += 4;
      }
    }
  }
}
