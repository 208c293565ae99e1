/** Where the matrices of a batch begin: a formula where there is one, else a table. */
import type { Element, Source } from './program.js';

/** Where the two operands' matrices begin, as a kernel is told it. */
export interface Places {
  readonly hasTable: boolean;
  readonly params: Readonly<Record<string, number>>;
  readonly tables: readonly Source[];
}

/** The parameters `firstA`, `stepA`, `firstB` and `stepB`, or a table with all of A's places and then all of B's. */
export function placesOf(offsetsA: readonly number[], offsetsB: readonly number[]): Places {
  const [firstA, firstB] = [offsetsA[0], offsetsB[0]];
  const [stepA, stepB] = [stepOf(offsetsA), stepOf(offsetsB)];
  if (stepA === undefined || stepB === undefined) {
    return { hasTable: true, params: {}, tables: [Uint32Array.from([...offsetsA, ...offsetsB])] };
  }
  return { hasTable: false, params: { firstA, stepA, firstB, stepB }, tables: [] };
}

/** The distance of neighbours, if it is the same for all. */
function stepOf(offsets: readonly number[]): number | undefined {
  const step = offsets.length > 1 ? offsets[1] - offsets[0] : 0;
  const isRegular = offsets.every((offset, i) => offset === offsets[0] + i * step);
  return isRegular && step >= 0 ? step : undefined;
}

/** A statement that says where an operand's `matrix` begins: `beginA` or `beginB`. */
export function beginning(side: 'A' | 'B', hasTable: boolean): string {
  if (!hasTable) return `let begin${side} = params.first${side} + matrix * params.step${side};`;
  return `let begin${side} = places[matrix${side === 'B' ? ' + params.batch' : ''}];`;
}

/** The table among the inputs of a kernel's text. */
export const tableInput = (hasTable: boolean): Readonly<Record<string, Element>> =>
  hasTable ? { places: 'u32' } : {};

/** Whether a matrix can be read four values at a time: its rows, and where matrices begin, are multiples of four. */
export function isInFours(offsets: readonly number[], rowLength: number): boolean {
  return rowLength % 4 === 0 && offsets.every((offset) => offset % 4 === 0);
}
