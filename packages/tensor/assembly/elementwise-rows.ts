// How elementwise kernels walk their operands: piece by piece, each a stretch of one row, in blocks of 8 values.
import { int, pointer } from './parameters';
import { scratch } from './scratch';

// The piece to compute: where its output and its operands start, how many bytes each operand moves on per block (0 where one
// value is stretched over the row), and where its output ends.
export let target: usize = 0;
export let end: usize = 0;
export let first: usize = 0;
export let second: usize = 0;
export let third: usize = 0;
export let firstStep: usize = 0;
export let secondStep: usize = 0;
export let thirdStep: usize = 0;

// The walk over the rows.
let parameters: usize = 0;
let row: i32 = 0;
let lastRow: i32 = 0;
/** The stretch of each row, in values. */
let from: i32 = 0;
let to: i32 = 0;
/** Where the operands' rows start. */
let firstRow: usize = 0;
let secondRow: usize = 0;
let thirdRow: usize = 0;
/** How many values of the row fill whole blocks, and how many are still to come after these. */
let whole: i32 = 0;
let rest: i32 = 0;
/** Where these go from the pad, and how many bytes they are; 0 if the piece was none of them. */
let padded: usize = 0;
let paddedBytes: i32 = 0;

const MAX_AXES = 32;

// Scratch: the position along each outer axis, stretched values, and room for a block of results.
const STRETCHED = 4 * MAX_AXES;
const PAD = STRETCHED + 3 * 32;

const OPERANDS = 7;
const AXES = 16;

/**
 * Starts a chunk: some rows, or a stretch of one row.
 *
 * 0 the output, 1 the bytes of one of its values, 2 values of a row, 3 values of all rows, of which the last one may be shorter,
 * 4 rows of a chunk, 5 values of a stretch (a multiple of 8; less than a row only where a chunk is one row), 6 the number of
 * axes that rows are counted along;
 * 7, 10 and 13 the operands, each followed by the bytes of one value and by 1, or 0 where a row is one stretched value;
 * from 16 on the lengths of the axes, then for each operand its strides along them, in bytes.
 */
export function begin(p: usize, chunk: i32): void {
  const count = int(p, 2);
  const length = int(p, 5);
  const stretches = (count + length - 1) / length;
  const group = chunk / stretches;
  parameters = p;
  from = (chunk - group * stretches) * length;
  to = min(from + length, count);
  row = group * int(p, 4);
  lastRow = min(row + int(p, 4), (int(p, 3) + count - 1) / count);
  rest = 0;
  paddedBytes = 0;
  const axes = int(p, 6);
  firstRow = pointer(p, OPERANDS);
  secondRow = pointer(p, OPERANDS + 3);
  thirdRow = pointer(p, OPERANDS + 6);
  let index = row;
  for (let axis = axes - 1; axis >= 0; axis--) {
    const axisLength = int(p, AXES + axis);
    const position = index % axisLength;
    index /= axisLength;
    store<i32>(scratch() + (<usize>axis << 2), position);
    move(axis, axes, position);
  }
}

/** Goes to the next piece. Whether there is one. */
export function next(): bool {
  flush();
  if (rest > 0) return lastPiece();
  if (row >= lastRow) return false;
  const p = parameters;
  const outputBytes = int(p, 1);
  const before = row * int(p, 2);
  const count = min(to, int(p, 3) - before) - from;
  whole = count >> 3;
  rest = count & 7;
  target = pointer(p, 0) + <usize>(before + from) * <usize>outputBytes;
  end = target + <usize>(whole << 3) * <usize>outputBytes;
  firstStep = operandStep(0);
  secondStep = operandStep(1);
  thirdStep = operandStep(2);
  first = operand(0, firstRow, firstStep);
  second = operand(1, secondRow, secondStep);
  third = operand(2, thirdRow, thirdStep);
  row++;
  advance();
  return whole > 0 ? true : lastPiece();
}

/** The values that fill no block: computed as a whole block, whose surplus is dropped. */
function lastPiece(): bool {
  const outputBytes = int(parameters, 1);
  padded = end;
  paddedBytes = rest * outputBytes;
  rest = 0;
  first += <usize>whole * firstStep;
  second += <usize>whole * secondStep;
  third += <usize>whole * thirdStep;
  target = scratch() + PAD;
  end = target + <usize>(outputBytes << 3);
  return true;
}

function flush(): void {
  const pad = scratch() + PAD;
  let i = 0;
  for (; i + 4 <= paddedBytes; i += 4) store<u32>(padded + i, load<u32>(pad + i));
  for (; i < paddedBytes; i++) store<u8>(padded + i, load<u8>(pad + i));
  paddedBytes = 0;
}

/** How many bytes an operand moves on per block. */
@inline
function operandStep(i: usize): usize {
  return (pointer(parameters, OPERANDS + 3 * i + 1) * pointer(parameters, OPERANDS + 3 * i + 2)) << 3;
}

/** Where a row's values start, or a block of its one value. */
@inline
function operand(i: usize, start: usize, step: usize): usize {
  if (step != 0) return start + <usize>(from >> 3) * step;
  const block = scratch() + STRETCHED + (i << 5);
  const bytes = pointer(parameters, OPERANDS + 3 * i + 1);
  if (bytes == 4) {
    const value = v128.load32_splat(start);
    v128.store(block, value);
    v128.store(block, value, 16);
  } else if (bytes == 1) {
    v128.store(block, v128.load8_splat(start));
  }
  return block;
}

/** To the next row, in row-major order. */
function advance(): void {
  const axes = int(parameters, 6);
  for (let axis = axes - 1; axis >= 0; axis--) {
    const at = scratch() + (<usize>axis << 2);
    const length = int(parameters, AXES + axis);
    const position = load<i32>(at) + 1;
    move(axis, axes, 1);
    if (position < length) {
      store<i32>(at, position);
      return;
    }
    store<i32>(at, 0);
    move(axis, axes, -length);
  }
}

/** Moves all operands by so many positions along an axis. */
@inline
function move(axis: i32, axes: i32, by: i32): void {
  const strides = AXES + axes + axis;
  firstRow += pointer(parameters, strides) * <usize>by;
  secondRow += pointer(parameters, strides + axes) * <usize>by;
  thirdRow += pointer(parameters, strides + 2 * axes) * <usize>by;
}
