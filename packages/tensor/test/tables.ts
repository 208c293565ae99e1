/** Tables that tests of ops are written in: what agrees with PyTorch, and what is refused. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arange, type LowrankError, sizeOf, type Tensor } from '../src/index.js';

/** A PyTorch expression, the same in ours, and what PyTorch 1.13 prints for it, on one line. */
export type Agreement = readonly [torch: string, ours: () => Tensor | readonly Tensor[], printed: string];

/** One test per row. */
export function itAgrees(rows: readonly Agreement[]): void {
  it.each(rows)('%s', (_, ours, printed) => {
    const result = ours();
    const tensors: readonly Tensor[] = Array.isArray(result) ? result : [result];
    expect(tensors.map(printOnOneLine).join('; ')).toBe(printed);
  });
}

/** The printed form, with PyTorch's line breaks and alignment taken out. */
export function printOnOneLine(x: Tensor): string {
  return String(x).replace(/\s+/g, ' ').replace(/\[ /g, '[');
}

type ErrorClass = new (op: string, message: string) => LowrankError;

/** One test per row: a call that is refused under the message, which may go on after what is written in the row. */
export function itRefuses(error: ErrorClass, rows: Readonly<Record<string, () => unknown>>): void {
  it.each(Object.entries(rows))(`${error.name}: %s`, (message, call) => {
    const thrown = catchError(call);
    expect(thrown).toBeInstanceOf(error);
    expect((thrown as Error).message.slice(0, message.length)).toBe(message);
  });
}

function catchError(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

/** Something of another type, as it comes from callers without types. */
export function untyped<T>(value: unknown): T {
  return value as T;
}

/** Shapes with up to four axes of up to four elements, some of them empty. */
export const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

/** 0, 1, 2, ... in a shape, so that no two elements are equal. */
export function counting(shape: readonly number[]): Tensor {
  return arange(sizeOf(shape)).reshape(shape);
}

/** Tensors whose elements are all different. */
export const tensors = shapes.map(counting);
