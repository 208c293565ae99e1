// Moving values: strided copies, and transpositions in blocks.
import { float, int, pointer } from './parameters';
import { scratch } from './scratch';

/*
 * Both kernels go through the outer axes of a walk, a table of 32-bit words with each axis's length, its stride in the source
 * and its stride in the target (in floats). Where they are is kept in the thread's scratch, one count for each axis.
 *
 * 0 source, 1 target, 2 number of outer axes, 3 their table, 4 product of their lengths, 5 how many of these a chunk does.
 */

/** Where the present place begins in the source and in the target, in bytes from their beginnings. */
let source: i32 = 0;
let target: i32 = 0;

function seek(axes: usize, rank: i32, index: i32): void {
  source = 0;
  target = 0;
  for (let axis = rank - 1; axis >= 0; axis--) {
    const row = axes + <usize>axis * 12;
    const length = load<i32>(row);
    const rest = index / length;
    const count = index - rest * length;
    store<i32>(scratch() + (<usize>axis << 2), count);
    source += count * load<i32>(row, 4) * 4;
    target += count * load<i32>(row, 8) * 4;
    index = rest;
  }
}

function advance(axes: usize, rank: i32): void {
  for (let axis = rank - 1; axis >= 0; axis--) {
    const row = axes + <usize>axis * 12;
    const length = load<i32>(row);
    const at = scratch() + (<usize>axis << 2);
    const count = load<i32>(at) + 1;
    source += load<i32>(row, 4) * 4;
    target += load<i32>(row, 8) * 4;
    if (count < length) {
      store<i32>(at, count);
      return;
    }
    source -= length * load<i32>(row, 4) * 4;
    target -= length * load<i32>(row, 8) * 4;
    store<i32>(at, 0);
  }
}

/** Copies rows. 6 their length, 7 their stride in the source, 8 their stride in the target. */
export function copyRows(p: usize, chunk: i32): void {
  const from = pointer(p, 0);
  const to = pointer(p, 1);
  const rank = int(p, 2);
  const axes = pointer(p, 3);
  const first = chunk * int(p, 5);
  const last = min(first + int(p, 5), int(p, 4));
  const length = int(p, 6);
  const stepFrom = int(p, 7) * 4;
  const stepTo = int(p, 8) * 4;
  seek(axes, rank, first);
  for (let row = first; row < last; row++, advance(axes, rank)) {
    const start = from + <usize>source;
    const end = to + <usize>target;
    if (stepFrom == 4 && stepTo == 4) copyStretch(start, end, <usize>length << 2);
    else copyApart(start, end, length, stepFrom, stepTo);
  }
}

/** From here on a call of the engine's own copy is worth its price. */
const LONG: usize = 1024;

@inline
function copyStretch(from: usize, to: usize, bytes: usize): void {
  if (bytes >= LONG) {
    memory.copy(to, from, bytes);
    return;
  }
  let at: usize = 0;
  for (; at + 32 <= bytes; at += 32) {
    const u = v128.load(from + at);
    const v = v128.load(from + at, 16);
    v128.store(to + at, u);
    v128.store(to + at, v, 16);
  }
  for (; at < bytes; at += 4) store<u32>(to + at, load<u32>(from + at));
}

@inline
function copyApart(from: usize, to: usize, length: i32, stepFrom: i32, stepTo: i32): void {
  for (let i = 0; i < length; i++, from += <usize>stepFrom, to += <usize>stepTo) store<u32>(to, load<u32>(from));
}

/** One number everywhere. 0 target, 1 number of floats, 2 floats per chunk, a multiple of 8, 3 the number. */
export function fill(p: usize, chunk: i32): void {
  const first = chunk * int(p, 2);
  const last = min(first + int(p, 2), int(p, 1));
  const value = f32x4.splat(float(p, 3));
  const end = pointer(p, 0) + (<usize>last << 2);
  // What is stored past the end goes to the slack behind the array.
  for (let to = pointer(p, 0) + (<usize>first << 2); to < end; to += 32) {
    v128.store(to, value);
    v128.store(to, value, 16);
  }
}

/** The side of the tiles that are transposed at a time: two lines of the cache each way. */
const TILE = 32;

/**
 * Exchanges two axes: p, along which the source is contiguous, and q, along which the target is. The last outer axis is that of
 * the stripes of p, a tile wide. 6 length of p, 7 stride of p in the target, 8 length of q, 9 stride of q in the source.
 */
export function transposeStripes(p: usize, chunk: i32): void {
  const from = pointer(p, 0);
  const to = pointer(p, 1);
  const rank = int(p, 2);
  const axes = pointer(p, 3);
  const first = chunk * int(p, 5);
  const last = min(first + int(p, 5), int(p, 4));
  const P = int(p, 6);
  const stepTo = <usize>int(p, 7) << 2;
  const Q = int(p, 8);
  const stepFrom = <usize>int(p, 9) << 2;
  seek(axes, rank, first);
  const stripe = scratch() + (<usize>(rank - 1) << 2);
  for (let i = first; i < last; i++, advance(axes, rank)) {
    const width = min(TILE, P - load<i32>(stripe) * TILE);
    const start = from + <usize>source;
    const end = to + <usize>target;
    for (let q = 0; q < Q; q += TILE) {
      const height = min(TILE, Q - q);
      transposeTile(start + <usize>q * stepFrom, end + (<usize>q << 2), width, height, stepFrom, stepTo);
    }
  }
}

/** The target's lines are written as a whole, one stretch of q after the other. */
function transposeTile(from: usize, to: usize, P: i32, Q: i32, stepFrom: usize, stepTo: usize): void {
  let p = 0;
  for (; p + 4 <= P; p += 4, from += 16, to += stepTo << 2) {
    let at = from;
    let end = to;
    let q = 0;
    for (; q + 4 <= Q; q += 4, at += stepFrom << 2, end += 16) {
      const r0 = v128.load(at);
      const r1 = v128.load(at + stepFrom);
      const r2 = v128.load(at + stepFrom * 2);
      const r3 = v128.load(at + stepFrom * 3);
      const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(end, v128.shuffle<f64>(a, b, 0, 2));
      v128.store(end + stepTo, v128.shuffle<f64>(a, b, 1, 3));
      v128.store(end + stepTo * 2, v128.shuffle<f64>(c, d, 0, 2));
      v128.store(end + stepTo * 3, v128.shuffle<f64>(c, d, 1, 3));
    }
    for (; q < Q; q++, at += stepFrom, end += 4) {
      for (let i = 0; i < 4; i++) store<u32>(end + <usize>i * stepTo, load<u32>(at + (<usize>i << 2)));
    }
  }
  for (; p < P; p++, from += 4, to += stepTo) copyApart(from, to, Q, <i32>stepFrom, 4);
}
