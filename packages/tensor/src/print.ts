/** Prints tensors character by character as PyTorch does; the layout rules are those of `torch/_tensor_str.py`. */
import type { DType, TypedArray } from './dtype.js';
import { formatFixed, formatScientific } from './format-number.js';
import { getPrintOptions, type PrintOptions } from './print-options.js';
import { range, type Shape, sizeOf } from './shape.js';

export { type PrintOptions, type PrintProfile, setPrintOptions } from './print-options.js';

const OPENING = 'tensor(';

/** What a text says of its tensor without naming its dtype: these are what `tensor(...)` infers from it. */
const INFERRED_DTYPES: readonly DType[] = ['float32', 'int32', 'bool'];

/** Stands among the indices shown along an axis for those that are left out. */
const GAP = 'gap';

/** How the elements of one tensor are written: all of them in the same notation, padded to one width. */
interface ElementStyle {
  width: number;
  write(value: number): string;
}

/** What stays the same while the nested brackets of one tensor are written. */
interface Printing {
  data: TypedArray;
  style: ElementStyle;
  lineWidth: number;
  shownIndices(length: number): (number | typeof GAP)[];
}

/**
 * The text of a tensor, as PyTorch prints it: `tensor([1.0000, 2.5000])`.
 *
 * Obeys `setPrintOptions`. Reads only the elements that are shown. A dtype other than the defaults is
 * named as `dtype=float64`; an empty tensor, which shows no elements to tell its dtype by, names all
 * but `float32`, and its size unless it is `[0]`.
 *
 * @param data the elements in row-major order, for `bool` 0 and 1
 * @param options.suffix a last remark inside the parentheses, such as `requires_grad=True`
 * @param options.prefix text in front of `tensor(`, such as `'Parameter containing:\n'`
 */
export function formatTensor(
  data: TypedArray,
  shape: Shape,
  dtype: DType,
  { suffix, prefix = '' }: { suffix?: string; prefix?: string } = {},
): string {
  const printOptions = getPrintOptions();
  const size = sizeOf(shape);
  const body = size === 0 ? '[]' : formatElements(data, shape, dtype, printOptions);
  const remarks = size === 0 ? emptyTensorRemarks(shape, dtype) : dtypeRemarks(dtype, INFERRED_DTYPES);
  if (suffix !== undefined && suffix !== '') remarks.push(suffix);
  return `${prefix}${appendRemarks(OPENING + body, remarks, printOptions.lineWidth)})`;
}

/**
 * The text of a tensor whose values are not at hand, in the manner of PyTorch's meta tensors: `tensor(..., device='gpu', size=(2, 3))`.
 *
 * @param where what stands in place of the values' device, such as `device='gpu'`
 */
export function formatAbsent(where: string, shape: Shape, dtype: DType, suffix: string): string {
  const size = `size=(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const remarks = [where, size, ...dtypeRemarks(dtype, ['float32']), ...(suffix === '' ? [] : [suffix])];
  return `${appendRemarks(`${OPENING}...`, remarks, getPrintOptions().lineWidth)})`;
}

function emptyTensorRemarks(shape: Shape, dtype: DType): string[] {
  const sizeRemark = shape.length === 1 ? [] : [`size=(${shape.join(', ')})`];
  return [...sizeRemark, ...dtypeRemarks(dtype, ['float32'])];
}

function dtypeRemarks(dtype: DType, understood: readonly DType[]): string[] {
  return understood.includes(dtype) ? [] : [`dtype=${dtype}`];
}

/** Adds `, remark` for each remark, on a new line where it would not fit. */
function appendRemarks(text: string, remarks: readonly string[], lineWidth: number): string {
  let result = text;
  // Two more than the line is long, as PyTorch counts.
  let column = text.length - text.lastIndexOf('\n') + 1;
  for (const remark of remarks) {
    if (column + remark.length + 2 > lineWidth) {
      result += `,\n${' '.repeat(OPENING.length)}${remark}`;
      column = OPENING.length + remark.length;
    } else {
      result += `, ${remark}`;
      column += remark.length + 2;
    }
  }
  return result;
}

function formatElements(
  data: TypedArray,
  shape: Shape,
  dtype: DType,
  options: Readonly<PrintOptions>,
): string {
  const { threshold, edgeItems, lineWidth } = options;
  const summarize = sizeOf(shape) > threshold;
  const shownIndices = (length: number) => (summarize ? edgeIndices(length, edgeItems) : range(length));
  const shownValues = Array.from(shownOffsets(shape, 0, shownIndices), (offset) => data[offset] as number);
  const style = elementStyle(shownValues, dtype, options);
  return formatBlock(shape, 0, OPENING.length, { data, style, lineWidth, shownIndices });
}

function edgeIndices(length: number, edgeItems: number): (number | typeof GAP)[] {
  if (length <= 2 * edgeItems) return range(length);
  const edge = range(edgeItems);
  return [...edge, GAP, ...edge.map((i) => length - edgeItems + i)];
}

/** Where the shown elements of the block of this `shape` lie; `index` counts the blocks of its shape before it. */
function* shownOffsets(
  shape: Shape,
  index: number,
  shownIndices: Printing['shownIndices'],
): Generator<number, void> {
  const [length, ...inner] = shape;
  if (length === undefined) {
    yield index;
    return;
  }
  for (const i of shownIndices(length)) {
    if (i !== GAP) yield* shownOffsets(inner, index * length + i, shownIndices);
  }
}

/** The text of the `index`-th block of this `shape`, whose opening bracket stands in column `indent`. */
function formatBlock(shape: Shape, index: number, indent: number, printing: Printing): string {
  const { data, style, lineWidth, shownIndices } = printing;
  const [length, ...inner] = shape;
  if (length === undefined) return style.write(data[index] as number);

  const isRow = inner.length === 0;
  const parts = shownIndices(length).map((i) => {
    if (i === GAP) return isRow ? ' ...' : '...';
    return formatBlock(inner, index * length + i, indent + 1, printing);
  });
  const nextLine = ' '.repeat(indent + 1);
  if (!isRow) return `[${parts.join(`,${'\n'.repeat(inner.length)}${nextLine}`)}]`;

  const separatorWidth = ', '.length;
  const perLine = Math.max(1, Math.floor((lineWidth - indent) / (style.width + separatorWidth)));
  return `[${wrap(parts, perLine).join(`,\n${nextLine}`)}]`;
}

/** Lines of `perLine` comma-separated items each. */
function wrap(items: readonly string[], perLine: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(', '));
  return lines;
}

function elementStyle(
  values: readonly number[],
  dtype: DType,
  options: Readonly<PrintOptions>,
): ElementStyle {
  if (dtype === 'bool') return paddedStyle((value) => (value === 0 ? 'False' : 'True'), values);
  if (dtype === 'int32') return paddedStyle(String, values);
  return floatStyle(values, options);
}

/**
 * The notation of floating-point elements: whole numbers (`3.`), fixed decimals (`3.0000`) or
 * scientific (`3.0000e+00`).
 *
 * It is chosen, and the width measured, by the elements that are finite and not zero: nan and inf may
 * stick out. `sciMode` overrides the choice but not the width, and has no say over a tensor of zeros.
 */
function floatStyle(values: readonly number[], { precision, sciMode }: Readonly<PrintOptions>): ElementStyle {
  const scientific = (value: number) => formatScientific(value, precision);
  const whole = (value: number) => formatFixed(value, 0) + (Number.isFinite(value) ? '.' : '');
  const fixed = (value: number) => formatFixed(value, precision);

  const measured = values.filter((value) => Number.isFinite(value) && value !== 0);
  const plain = measured.every(Number.isInteger) ? whole : fixed;
  const automatic = needsScientific(measured) ? scientific : plain;
  const { width } = paddedStyle(automatic, measured);
  if (sciMode === null || measured.length === 0) return padTo(width, automatic);
  return padTo(width, sciMode ? scientific : plain);
}

/** Whether fixed notation would waste columns or lose digits of these finite, non-zero values. */
function needsScientific(values: readonly number[]): boolean {
  const magnitudes = values.map(Math.abs);
  const largest = magnitudes.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const smallest = magnitudes.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  // A tensor of whole numbers has no magnitude below 1, so the last condition is for fractions only.
  return largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
}

/** The style that pads to the longest text of `values`. */
function paddedStyle(write: (value: number) => string, values: readonly number[]): ElementStyle {
  return padTo(
    values.reduce((width, value) => Math.max(width, write(value).length), 1),
    write,
  );
}

function padTo(width: number, write: (value: number) => string): ElementStyle {
  return { width, write: (value) => write(value).padStart(width) };
}
