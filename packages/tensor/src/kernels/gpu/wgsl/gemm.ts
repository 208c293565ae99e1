/**
 * The tiled product that matmul and convolution have in common, as WGSL: shared memory, sums in registers, reading ahead. What it
 * multiplies and where the sums go is told by operands and a target.
 */
import { type KernelText, lines } from './program.js';
import { type Tile, threadsOf } from './tile.js';

/**
 * How a factor is read. A line is a row of A or a column of B, and k is the number that both share. An invocation reads blocks of
 * four lines by four k: always the same lines, and other k in each round.
 */
export interface Operand {
  /** Statements that run once per workgroup, where `matrix` is its number in the batch. */
  readonly matrix: string;
  /** Statements that run once per block: what there is to know of lines `line` to `line + 3`. Their names end in `block`. */
  readonly lines: (line: string, block: string) => string;
  /**
   * Statements that assign to the vectors `into`0 to `into`3: the i-th are the four lines' values at k + i. Beyond `kEnd` they are 0,
   * and beyond the last line anything.
   */
  readonly read: (k: string, block: string, into: string) => string;
}

/** Where sums go. */
export interface Target {
  /** Statements that run once per workgroup; see `Operand`. */
  readonly matrix: string;
  /** Statements that run once for the columns n to n + 3. Their names end in `columns`. */
  readonly columns: (n: string, columns: string) => string;
  /** Statements that write `value`, C[m, n to n + 3], where row m exists. */
  readonly store: (m: string, n: string, value: string, columns: string) => string;
}

export interface Gemm extends Omit<KernelText, 'threads' | 'body'> {
  readonly tile: Tile;
  /** Whether all k of a tile are written out: constant indices need no arithmetic and no bounds checks, but more code. */
  readonly unrolled: boolean;
  readonly a: Operand;
  readonly b: Operand;
  readonly target: Target;
  /** The K of a matrix, an expression. Default: that of all. */
  readonly K?: string;
}

/** What every product is told: the sizes, how many matrices there are, and how much of K a part sums. */
export interface GemmParams {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly batch: number;
  /** A multiple of the tile's BK. */
  readonly depth: number;
}

/** So many workgroups each product has. */
export function workgroupsOf({ M, N, K, batch, depth }: GemmParams, { BM, BN }: Tile): number {
  return Math.ceil(M / BM) * Math.ceil(N / BN) * batch * Math.max(1, Math.ceil(K / depth));
}

/**
 * C[part, matrix] = A · B over the K of each part. In each round invocations read ahead into registers what the next round multiplies,
 * so that memory answers while they multiply what is in shared memory. Workgroups that run at the same time compute tiles near each
 * other, which share rows of A and columns of B in the adapter's cache.
 */
export function gemm({
  tile,
  unrolled,
  a,
  b,
  target,
  K = 'params.K',
  declarations = '',
  ...buffers
}: Gemm): KernelText {
  const { BM, BN, BK } = tile;
  const threads = threadsOf(tile);
  const loads = loadsOf(tile);
  return {
    ...buffers,
    threads,
    declarations: `${declarations}
var<workgroup> tileA: array<array<vec4f, ${BM / 4}>, ${BK}>;
var<workgroup> tileB: array<array<vec4f, ${BN / 4}>, ${BK}>;`,
    body: `
  let tilesM = (params.M + ${BM - 1}u) / ${BM}u;
  let tilesN = (params.N + ${BN - 1}u) / ${BN}u;
  let tiles = tilesM * tilesN;
  let matrix = id / tiles % params.batch;
  let part = id / tiles / params.batch;
  let band = id % tiles / (${BAND}u * tilesN);
  let bandRows = min(${BAND}u, tilesM - ${BAND}u * band);
  let inBand = id % tiles - ${BAND}u * band * tilesN;
  let firstM = ${BM}u * (${BAND}u * band + inBand % bandRows);
  let firstN = ${BN}u * (inBand / bandRows);
  ${a.matrix}
  ${b.matrix}
  ${target.matrix}
  let kBegin = part * params.depth;
  let kEnd = min(${K}, kBegin + params.depth);
${placeOfThread(tile)}
${loads.map((load) => prepare(load, tile, a, b)).join('\n')}
${sums(tile, (row, column) => `  var ${sumOf(row, column)} = vec4f();`)}
  for (var k = kBegin; ; k += ${BK}u) {
    let isMore = k < kEnd;
    if (isMore) {
${loads.map((load) => read(load, a, b)).join('\n')}
    }
    if (k > kBegin) {
${unrolled ? lines(BK, (i) => multiply(`${i}`, tile)) : `for (var i = 0u; i < ${BK}u; i++) ${multiply('i', tile)}`}
    }
    if (!isMore) { break; }
    workgroupBarrier();
${loads.map(share).join('\n')}
    workgroupBarrier();
  }
${store(tile, target)}`,
  };
}

/** Rows of tiles in a band: tiles are computed band by band, and column by column in each. */
const BAND = 16;

const sumOf = (row: number, column: number) => `sum${row}_${column}`;

/** A text for each vector of an invocation's sums: `row` counts from 0 to TM - 1, `column` in fours. */
function sums({ TM, TN }: Tile, text: (row: number, column: number) => string): string {
  return lines(TM, (row) => lines(TN / 4, (column) => text(row, column)));
}

/** Invocations that run in lockstep read this many columns of shared memory side by side, and a quarter as many rows. */
const SIDE_BY_SIDE = 8;
const ABOVE_EACH_OTHER = 4;

/** Where in the tile an invocation's first sums are, `threadM` and `threadN`, in fours. */
function placeOfThread({ BM, BN, TM, TN }: Tile): string {
  const [across, down] = [BN / TN, BM / TM];
  const [width, height] = [Math.min(SIDE_BY_SIDE, across), Math.min(ABOVE_EACH_OTHER, down)];
  const square = width * height;
  const squares = across / width;
  return `
  let square = thread / ${square}u;
  let threadN = square % ${squares}u * ${width}u + thread % ${width}u;
  let threadM = square / ${squares}u * ${height}u + thread % ${square}u / ${width}u;`;
}

/** The blocks that invocations read in one go, one each: of A, of B, or some of A and the others of B. */
interface Load {
  readonly name: string;
  /** Invocation 0's block, counted through those of A and then those of B. */
  readonly first: number;
  readonly readsA: boolean;
  readonly readsB: boolean;
  /** Whether there is a block for every invocation. */
  readonly isFull: boolean;
}

const blocksOf = ({ BM, BN, BK }: Tile) => ({ ofA: (BM * BK) / 16, ofB: (BN * BK) / 16 });

function loadsOf(tile: Tile): readonly Load[] {
  const threads = threadsOf(tile);
  const { ofA, ofB } = blocksOf(tile);
  return Array.from({ length: Math.ceil((ofA + ofB) / threads) }, (_, i) => {
    const [first, end] = [i * threads, (i + 1) * threads];
    return { name: `Load${i}`, first, readsA: first < ofA, readsB: end > ofA, isFull: end <= ofA + ofB };
  });
}

/** Which block an invocation reads. Where some read A and others B, it is prepared for both: that is cheaper than to ask. */
function prepare({ name, first, readsA, readsB, isFull }: Load, tile: Tile, a: Operand, b: Operand): string {
  const { ofA, ofB } = blocksOf(tile);
  const block = `thread + ${first}u`;
  return `
  var read${name}0 = vec4f(); var read${name}1 = vec4f(); var read${name}2 = vec4f(); var read${name}3 = vec4f();
  ${readsA && readsB ? `let isA${name} = ${block} < ${ofA}u;` : ''}
  ${isFull ? '' : `let has${name} = ${block} < ${ofA + ofB}u;`}
  ${readsA ? place(`A${name}`, block, tile.BM, tile.BK) + a.lines(`firstM + 4u * blockA${name}`, `A${name}`) : ''}
  ${readsB ? place(`B${name}`, `${block} - ${ofA}u`, tile.BN, tile.BK) + b.lines(`firstN + 4u * blockB${name}`, `B${name}`) : ''}`;
}

/**
 * A block's lines, in fours, and its first k. Eight invocations in a row read neighbouring lines and fill 128 bytes of shared
 * memory without a conflict; the next eight read the next four k of the same lines, which are near where K runs along memory.
 */
function place(name: string, block: string, BL: number, BK: number): string {
  const across = Math.min(SIDE_BY_SIDE, BL / 4);
  const deep = BK / 4;
  return `
  let block${name} = (${block}) % ${across}u + (${block}) / ${across * deep}u * ${across}u;
  let depth${name} = 4u * ((${block}) / ${across}u % ${deep}u);
  `;
}

/** Statements for the invocations that have a block of A, and those for the ones that have a block of B. */
function choose({ name, readsA, readsB, isFull }: Load, forA: string, forB: string): string {
  const chosen = readsA && readsB ? `if (isA${name}) {${forA}} else {${forB}}` : readsA ? forA : forB;
  return isFull ? chosen : `if (has${name}) {${chosen}}`;
}

function read(load: Load, a: Operand, b: Operand): string {
  const { name } = load;
  const of = (operand: Operand, side: string) => `
      let at${side}${name} = k + depth${side}${name};
      ${operand.read(`at${side}${name}`, `${side}${name}`, `read${name}`)}`;
  return `{ ${choose(load, of(a, 'A'), of(b, 'B'))} }`;
}

/** What was read goes to shared memory. */
function share(load: Load): string {
  const { name } = load;
  const to = (side: string) =>
    lines(4, (i) => `tile${side}[depth${side}${name} + ${i}u][block${side}${name}] = read${name}${i};`);
  return choose(load, to('A'), to('B'));
}

/** Adds the products of one k. */
function multiply(k: string, tile: Tile): string {
  const { BM, BN, TM, TN } = tile;
  const fours = (count: number, text: (i: number) => string) => lines(count / 4, text);
  return `{
${fours(TM, (i) => `let a${i} = tileA[${k}][threadM + ${(i * BM) / TM}u];`)}
${fours(TN, (i) => `let b${i} = tileB[${k}][threadN + ${(i * BN) / TN}u];`)}
${sums(tile, (row, column) => {
  const sum = sumOf(row, column);
  return `${sum} = fma(vec4f(a${row >> 2}.${'xyzw'[row & 3]}), b${column}, ${sum});`;
})}
}`;
}

function store({ BM, BN, TM, TN }: Tile, target: Target): string {
  const columns = (i: number) => `firstN + 4u * (threadN + ${(i * BN) / TN}u)`;
  const row = (i: number) => `firstM + 4u * (threadM + ${((i >> 2) * BM) / TM}u) + ${i & 3}u`;
  return `
${lines(TN / 4, (i) => `let n${i} = ${columns(i)};\n${target.columns(`n${i}`, `Columns${i}`)}`)}
${lines(
  TM,
  (i) => `{
  let m = ${row(i)};
  if (m < params.M) {
${lines(TN / 4, (j) => target.store('m', `n${j}`, sumOf(i, j), `Columns${j}`))}
  }
}`,
)}`;
}
