// Writes the register tiles of the matrix product in AssemblyScript, one function per size: a register is a variable,
// so that a tile of 6 x 4 registers needs 24 of them by name.

/** The tiles: `rows` of the left matrix times `vectors` of four columns of the right one. */
export const TILES = [
  // What fits into the 16 registers of SSE with all operands: for engines that compile 128-bit operations as such.
  { rows: 4, vectors: 2, left: 'packed' },
  // For V8's wide pass, which makes one 256-bit register of two neighbours: 12 registers of 24 variables.
  { rows: 6, vectors: 4, left: 'packed' },
  { rows: 6, vectors: 4, left: 'rows' },
  { rows: 4, vectors: 2, left: 'rows' },
];

/** `tile6x4`, or `rows4x2` for a left matrix that is read where it lies, row by row. */
const nameOf = ({ rows, vectors, left }) => `${left === 'packed' ? 'tile' : 'rows'}${rows}x${vectors}`;

const range = (n) => Array.from({ length: n }, (_, i) => i);

/**
 * C += A B (or C = A B) for one tile, whose sums stay in registers for all of `K`. All loads of C come before all
 * stores: the wide pass takes no stores that have loads in between.
 */
function tile(size) {
  const { rows, vectors, left } = size;
  const cells = range(rows).flatMap((i) => range(vectors).map((j) => ({ i, j, name: `c${i}${j}` })));
  const isPacked = left === 'packed';
  const rowPointer = (i) => (isPacked ? 'a' : `a${i}`);
  const lines = [
    ...cells.map(({ name }) => `let ${name} = f32x4.splat(0);`),
    ...(isPacked ? [] : range(rows).map((i) => `let a${i} = a + rowStride * ${i};`)),
    // One instruction less for each k than a counter.
    `const end = ${rowPointer(0)} + (<usize>K << 2)${isPacked ? ` * ${rows}` : ''};`,
    `while (${rowPointer(0)} != end) {`,
    ...range(vectors).map((j) => `  const b${j} = v128.load(b, ${16 * j});`),
    ...range(rows).flatMap((i) => [
      `  const x${i} = v128.load32_splat(${rowPointer(i)}, ${isPacked ? 4 * i : 0});`,
      ...range(vectors).map((j) => `  c${i}${j} = multiplyAdd(x${i}, b${j}, c${i}${j});`),
    ]),
    ...(isPacked ? [`  a += ${4 * rows};`] : range(rows).map((i) => `  a${i} += 4;`)),
    '  b += bStride;',
    '}',
    ...range(rows).map((i) => `const r${i} = c + cStride * ${i};`),
    'if (accumulate) {',
    ...cells.map(({ i, j, name }) => `  ${name} = f32x4.add(${name}, v128.load(r${i}, ${16 * j}));`),
    '}',
    ...cells.map(({ i, j, name }) => `v128.store(r${i}, ${name}, ${16 * j});`),
  ];
  const parameters = [
    'K: i32',
    'a: usize',
    ...(isPacked ? [] : ['rowStride: usize']),
    'b: usize',
    'bStride: usize',
    'c: usize',
    'cStride: usize',
    'accumulate: bool',
  ];
  return `export function ${nameOf(size)}(${parameters.join(', ')}): void {\n  ${lines.join('\n  ')}\n}\n`;
}

/**
 * Dot products of four rows with two others along k, a multiple of four. Leaves a vector for each at `to`, the second column behind the
 * first: its lanes are yet to be summed.
 */
function dots() {
  const [rows, columns] = [range(4), range(2)];
  const sides = [...rows.map((i) => `a${i}`), ...columns.map((j) => `b${j}`)];
  const cells = columns.flatMap((j) => rows.map((i) => ({ i, j, name: `c${i}${j}` })));
  const lines = [
    ...cells.map(({ name }) => `let ${name} = f32x4.splat(0);`),
    ...rows.map((i) => `let a${i} = a + rowStride * ${i};`),
    ...columns.map((j) => `let b${j} = b + bStride * ${j};`),
    'const end = a0 + (<usize>K << 2);',
    'while (a0 != end) {',
    ...columns.map((j) => `  const y${j} = v128.load(b${j});`),
    ...rows.flatMap((i) => [
      `  const x${i} = v128.load(a${i});`,
      ...columns.map((j) => `  c${i}${j} = multiplyAdd(x${i}, y${j}, c${i}${j});`),
    ]),
    ...sides.map((side) => `  ${side} += 16;`),
    '}',
    ...cells.map(({ name }, at) => `v128.store(to, ${name}, ${16 * at});`),
  ];
  const parameters = 'K: i32, a: usize, rowStride: usize, b: usize, bStride: usize, to: usize';
  return `export function dots4x2(${parameters}): void {\n  ${lines.join('\n  ')}\n}\n`;
}

/** The source of `tiles.ts`. */
export function tilesSource() {
  return ["import { multiplyAdd } from './arithmetic';", ...TILES.map(tile), dots()].join('\n');
}
