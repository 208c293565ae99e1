// Reading and adding by index. What is written at one place of the output is written by one chunk, in the order of the index.
import { int, pointer } from './parameters';

/*
 * x is [outer, length, inner], the index a list of `count` or [outer, count, inner]; it has been checked.
 *
 * 0 x, 1 index, 2 output, 3 outer, 4 length, 5 count, 6 inner, 7 how many units a chunk does
 */

/** out[o, k, i] = x[o, index[k], i]. A unit is a row [o, k]. */
export function selectRows(p: usize, chunk: i32): void {
  const x = pointer(p, 0);
  const index = pointer(p, 1);
  const length = int(p, 4);
  const count = int(p, 5);
  const bytes = <usize>int(p, 6) << 2;
  const first = chunk * int(p, 7);
  const last = min(first + int(p, 7), int(p, 3) * count);
  let o = first / count;
  let k = first - o * count;
  let to = pointer(p, 2) + <usize>first * bytes;
  for (let row = first; row < last; row++, to += bytes) {
    const from = x + <usize>(o * length + load<i32>(index + (<usize>k << 2))) * bytes;
    if (bytes == 4) store<u32>(to, load<u32>(from));
    else copyStretch(from, to, bytes);
    if (++k == count) {
      k = 0;
      o++;
    }
  }
}

@inline
function copyStretch(from: usize, to: usize, bytes: usize): void {
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
function addStretch(from: usize, to: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 32 <= bytes; at += 32) {
    const u = f32x4.add(v128.load(to + at), v128.load(from + at));
    const v = f32x4.add(v128.load(to + at, 16), v128.load(from + at, 16));
    v128.store(to + at, u);
    v128.store(to + at, v, 16);
  }
  for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
}

/** out[o, k, i] = x[o, index[o, k, i], i]. A unit is a row [o, k]. */
export function gatherRows(p: usize, chunk: i32): void {
  const length = int(p, 4);
  const count = int(p, 5);
  const inner = int(p, 6);
  const bytes = <usize>inner << 2;
  const first = chunk * int(p, 7);
  const last = min(first + int(p, 7), int(p, 3) * count);
  let o = first / count;
  let k = first - o * count;
  let x = pointer(p, 0) + <usize>(o * length) * bytes;
  let index = pointer(p, 1) + <usize>first * bytes;
  let to = pointer(p, 2) + <usize>first * bytes;
  for (let row = first; row < last; row++) {
    for (let i: usize = 0; i < bytes; i += 4, index += 4, to += 4) {
      store<u32>(to, load<u32>(x + <usize>load<i32>(index) * bytes + i));
    }
    if (++k == count) {
      k = 0;
      x += <usize>length * bytes;
    }
  }
}

/** The columns that a unit of the kernels below has. */
const COLUMNS = 64;

/** A unit is some columns of one o: 8 source [outer, count, inner], 9 whether each column has an index of its own. */
export function addRows(p: usize, chunk: i32): void {
  const outer = int(p, 3);
  const inner = int(p, 6);
  const blocks = (inner + COLUMNS - 1) / COLUMNS;
  const first = chunk * int(p, 7);
  const last = min(first + int(p, 7), outer * blocks);
  for (let unit = first; unit < last; unit++) {
    const o = unit / blocks;
    const column = (unit - o * blocks) * COLUMNS;
    addColumns(p, o, <usize>column << 2, <usize>min(COLUMNS, inner - column) << 2);
  }
}

/** From byte `start` of each row on, `width` bytes. */
function addColumns(p: usize, o: i32, start: usize, width: usize): void {
  const length = int(p, 4);
  const count = int(p, 5);
  const bytes = <usize>int(p, 6) << 2;
  const from = pointer(p, 0) + <usize>(o * length) * bytes + start;
  const to = pointer(p, 2) + <usize>(o * length) * bytes + start;
  if (width == bytes) memory.copy(to, from, <usize>length * bytes);
  else for (let row = 0; row < length; row++) copyStretch(from + <usize>row * bytes, to + <usize>row * bytes, width);

  const source = pointer(p, 8) + <usize>(o * count) * bytes + start;
  if (int(p, 9) != 0) {
    const index = pointer(p, 1) + <usize>(o * count) * bytes + start;
    for (let k = 0; k < count; k++) {
      const row = <usize>k * bytes;
      for (let i: usize = 0; i < width; i += 4) {
        const at = to + <usize>load<i32>(index + row + i) * bytes + i;
        store<f32>(at, load<f32>(at) + load<f32>(source + row + i));
      }
    }
  } else {
    const index = pointer(p, 1);
    for (let k = 0; k < count; k++) {
      const row = <usize>load<i32>(index + (<usize>k << 2)) * bytes;
      addStretch(source + <usize>k * bytes, to + row, width);
    }
  }
}
