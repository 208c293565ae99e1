/** Matrices in memory as operands of the tiled product. */
import type { Operand } from './gemm.js';
import { beginning } from './places.js';
import { type Element, lines } from './program.js';

/** How the matrices of an operand lie. */
export interface MatrixLayout {
  /** Whether K runs along memory, [lines, K]; otherwise it is [K, lines]. */
  readonly isAlongK: boolean;
  /** Whether they are read four values at a time. */
  readonly inFours: boolean;
  readonly hasTable: boolean;
}

export const elementOf = ({ inFours }: MatrixLayout): Element => (inFours ? 'vec4f' : 'f32');

type Reading = Pick<Operand, 'lines' | 'read'>;

/** The matrices in the buffer `a` or `b`, with M or N lines, where they lie. */
export function matrixOperand(side: 'A' | 'B', layout: MatrixLayout): Operand {
  const { isAlongK, inFours, hasTable } = layout;
  const reading = inFours ? (isAlongK ? fourRows : fourColumns) : one;
  const count = side === 'A' ? 'params.M' : 'params.N';
  return {
    matrix: beginning(side, hasTable),
    ...reading(side.toLowerCase(), `begin${side}`, count, isAlongK),
  };
}

/** Four lines of four k each, turned round. */
function fourRows(buffer: string, begin: string, count: string): Reading {
  return {
    lines: (line, block) =>
      lines(
        4,
        (i) => `let line${i}${block} = (${begin} + min(${line} + ${i}u, ${count} - 1u) * params.K) / 4u;`,
      ),
    read: (k, block, into) => `
let isInside = ${k} < kEnd;
${lines(4, (i) => `let row${i} = select(vec4f(), ${buffer}[line${i}${block} + ${k} / 4u], isInside);`)}
${lines(4, (j) => `${into}${j} = vec4f(row0.${'xyzw'[j]}, row1.${'xyzw'[j]}, row2.${'xyzw'[j]}, row3.${'xyzw'[j]});`)}`,
  };
}

/** Four neighbouring lines at one k after the other. */
function fourColumns(buffer: string, begin: string, count: string): Reading {
  return {
    lines: (line, block) => `let line${block} = (${begin} + min(${line}, ${count} - 4u)) / 4u;`,
    read: (k, block, into) =>
      lines(4, (j) => {
        const value = `${buffer}[line${block} + (${k} + ${j}u) * (${count} / 4u)]`;
        return `${into}${j} = select(vec4f(), ${value}, ${k} + ${j}u < kEnd);`;
      }),
  };
}

function one(buffer: string, begin: string, count: string, isAlongK: boolean): Reading {
  const [lineStep, step] = isAlongK ? ['params.K', '1u'] : ['1u', count];
  return oneByOne({
    line: (line, i, block) => `let line${i}${block} = ${begin} + min(${line}, ${count} - 1u) * ${lineStep};`,
    value: (i, k, block) => `${buffer}[line${i}${block} + ${k} * ${step}]`,
  });
}

/** How single values of an operand are found. */
export interface Values {
  /** Statements: what is to be known of a line, the i-th of a block. Their names end in i and `block`. */
  readonly line: (line: string, i: number, block: string) => string;
  /** Statements: what is to be known of a k. Default: nothing. */
  readonly depth?: (k: string) => string;
  /** The i-th line's value at k, an expression. */
  readonly value: (i: number, k: string, block: string) => string;
}

/** An operand whose values are looked up one by one. */
export function oneByOne({ line, depth = () => '', value }: Values): Reading {
  return {
    lines: (first, block) => lines(4, (i) => line(`(${first} + ${i}u)`, i, block)),
    read: (k, block, into) =>
      lines(4, (j) => {
        const values = [0, 1, 2, 3].map((i) => value(i, 'k', block)).join(', ');
        return `{
let k = ${k} + ${j}u;
${depth('k')}
${into}${j} = select(vec4f(), vec4f(${values}), k < kEnd);
}`;
      }),
  };
}
