/**
 * Convolution and its two gradients as matrix products whose factors are looked up where they lie, as WGSL ("implicit GEMM"). There
 * is a product for each group, or for each group and phase; the geometry stands in the text, so that what is divided by is constant.
 */
import type { Conv2dDims } from '../../dims.js';
import type { Values } from './matrix.js';

/** Everything but the number of images. */
export type Geometry = Omit<Conv2dDims, 'N'>;

export function geometryOf({ N: _images, ...geometry }: Conv2dDims): Geometry {
  return geometry;
}

/** A product C[matrix] = A · B, where the buffers `a` and `b` are the op's first and second operand. */
export interface Conv2dProduct {
  readonly declarations: string;
  /** Statements for which `matrix` is known. */
  readonly matrix: string;
  /** The K of this matrix, an expression. */
  readonly K: string;
  readonly left: Values;
  readonly right: Values;
  /** Statements that say where column n of the output begins, `place` and a name, and whether it is there, `exists` and the name. */
  readonly column: (n: string, name: string) => string;
  /** From one row of C to the next, in the output. */
  readonly rowStep: number;
  /** The channel of row m, which may have a bias. */
  readonly channel: (m: string) => string;
  /** Whether four columns always lie side by side, at a multiple of four. */
  readonly columnsInFours: boolean;
}

/** Sizes of the product, in which `images` is the number of images. */
export interface Conv2dSizes {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly batch: number;
}

/** What of the channels belongs to a group, and how much a plane has of each. */
function partsOf({ C, O, H, W, KH, KW, outH, outW, groups }: Geometry) {
  return { inputs: C / groups, outputs: O / groups, taps: KH * KW, plane: H * W, pixels: outH * outW };
}

/** A pixel of x, at `plane`; 0 in the padding. */
const pixelOf = (buffer: string, { H, W }: Geometry) => `
fn pixel(plane: u32, row: i32, column: i32) -> f32 {
  let isInside = u32(row) < ${H}u && u32(column) < ${W}u;
  return select(0.0, ${buffer}[plane + u32(row * ${W} + column)], isInside);
}`;

/**
 * The pixels of x that a product multiplies: at each output pixel those under its window, one for each input channel of the group
 * and tap. `window` and `tap` give statements whose names end in `name`; together they say which pixel it is.
 */
function windowsOf(geometry: Geometry) {
  const { C, KW, outW, strideH, strideW, padTop, padLeft, dilationH, dilationW } = geometry;
  const parts = partsOf(geometry);
  const { inputs, taps, plane, pixels } = parts;
  return {
    ...parts,
    /** What the products have in common. */
    common: { declarations: pixelOf('a', geometry), matrix: '', K: 'params.K' },
    window: (output: string, name: string) => `
let output${name} = ${output};
let image${name} = (output${name} / ${pixels}u * ${C}u + matrix * ${inputs}u) * ${plane}u;
let top${name} = i32(output${name} % ${pixels}u / ${outW}u * ${strideH}u) - ${padTop};
let left${name} = i32(output${name} % ${outW}u * ${strideW}u) - ${padLeft};`,
    tap: (input: string, name: string) => `
let input${name} = ${input};
let channel${name} = input${name} / ${taps}u * ${plane}u;
let down${name} = i32(input${name} % ${taps}u / ${KW}u * ${dilationH}u);
let across${name} = i32(input${name} % ${KW}u * ${dilationW}u);`,
    value: (window: string, tap: string) =>
      `pixel(image${window} + channel${tap}, top${window} + down${tap}, left${window} + across${tap})`,
  };
}

export function forwardSizes({ N, ...geometry }: Conv2dDims): Conv2dSizes {
  const { inputs, outputs, taps, pixels } = partsOf(geometry);
  return { M: outputs, N: N * pixels, K: inputs * taps, batch: geometry.groups };
}

/** y = w · columns: a row for each output channel, a column for each output pixel of each image. */
export function forward(geometry: Geometry): Conv2dProduct {
  const { O } = geometry;
  const { inputs, outputs, taps, pixels, common, window, tap, value } = windowsOf(geometry);
  return {
    ...common,
    left: {
      line: (m, i, block) =>
        `let weight${i}${block} = (matrix * ${outputs}u + min(${m}, params.M - 1u)) * ${inputs * taps}u;`,
      value: (i, k, block) => `b[weight${i}${block} + ${k}]`,
    },
    right: {
      line: (n, i, block) => window(`min(${n}, params.N - 1u)`, `${i}${block}`),
      depth: (k) => tap(k, ''),
      value: (i, _k, block) => value(`${i}${block}`, ''),
    },
    column: (n, name) => `
let exists${name} = ${n} < params.N;
let place${name} = (${n} / ${pixels}u * ${O}u + matrix * ${outputs}u) * ${pixels}u + ${n} % ${pixels}u;`,
    rowStep: pixels,
    channel: (m) => `matrix * ${outputs}u + ${m}`,
    columnsInFours: pixels % 4 === 0,
  };
}

/** Rows or columns of x that the same taps reach: those at the same distance modulo the stride. */
interface Phase {
  /** The first row. */
  readonly first: number;
  /** The first tap that reaches it, and how many do; one is `tapStep` after the other. */
  readonly tap: number;
  readonly taps: number;
}

interface Phases {
  readonly phases: readonly Phase[];
  readonly tapStep: number;
  /** Rows of a phase; the last one may be beyond the image. */
  readonly rows: number;
}

function phasesOf(size: number, stride: number, padding: number, dilation: number, kernel: number): Phases {
  const reachedBy = (phase: number) =>
    Array.from({ length: kernel }, (_, tap) => tap).filter((tap) => (tap * dilation) % stride === phase);
  const phases = Array.from({ length: stride }, (_, phase) => {
    const taps = reachedBy(phase);
    return { first: (((phase - padding) % stride) + stride) % stride, tap: taps[0] ?? 0, taps: taps.length };
  });
  const [first, second] = reachedBy(0);
  return { phases, tapStep: (second ?? first) - first, rows: Math.ceil(size / stride) };
}

function axesOf({ H, W, KH, KW, strideH, strideW, padTop, padLeft, dilationH, dilationW }: Geometry) {
  return {
    vertical: phasesOf(H, strideH, padTop, dilationH, KH),
    horizontal: phasesOf(W, strideW, padLeft, dilationW, KW),
  };
}

export function inputGradSizes({ N, ...geometry }: Conv2dDims): Conv2dSizes {
  const { inputs, outputs } = partsOf(geometry);
  const { vertical, horizontal } = axesOf(geometry);
  const mostTaps = ({ phases }: Phases) => Math.max(...phases.map(({ taps }) => taps));
  return {
    M: inputs,
    N: N * vertical.rows * horizontal.rows,
    K: outputs * mostTaps(vertical) * mostTaps(horizontal),
    batch: geometry.groups * geometry.strideH * geometry.strideW,
  };
}

/**
 * dx = w^T · columns of g: a row for each input channel, a column for each pixel of each image. Where there are strides, a pixel is
 * reached by some taps only: there is a product for each phase, which sums no zeros. At the border, taps that reach no output are
 * multiplied with 0, so that a weight that is not finite makes NaN there. g is the first operand.
 */
export function inputGrad(geometry: Geometry): Conv2dProduct {
  const { C, O, H, W, KW, outH, outW, strideH, strideW, padTop, padLeft, dilationH, dilationW } = geometry;
  const { inputs, outputs, taps, plane, pixels } = partsOf(geometry);
  const { vertical, horizontal } = axesOf(geometry);
  const phases = strideH * strideW;
  const look = (name: string, values: readonly number[], index: string) =>
    `let ${name} = ${values.length === 1 ? `${values[0]}u` : `array<u32, ${values.length}>(${values.map((each) => `${each}u`).join(', ')})[${index}]`};`;
  const lookAll = (axis: string, { phases: each }: Phases) => `
${look(
  `first${axis}`,
  each.map(({ first }) => first),
  `phase${axis}`,
)}
${look(
  `tap${axis}`,
  each.map(({ tap }) => tap),
  `phase${axis}`,
)}
${look(
  `taps${axis}`,
  each.map(({ taps: count }) => count),
  `phase${axis}`,
)}`;
  const tapRow = (k: string) => `(tapH + ${k} % (tapsH * tapsW) / tapsW * ${vertical.tapStep}u)`;
  const tapColumn = (k: string) => `(tapW + ${k} % tapsW * ${horizontal.tapStep}u)`;
  const pixel = (n: string, name: string) => `
let row${name} = firstH + ${n} / ${horizontal.rows}u % ${vertical.rows}u * ${strideH}u;
let column${name} = firstW + ${n} % ${horizontal.rows}u * ${strideW}u;`;
  const image = (n: string) => `${n} / ${vertical.rows * horizontal.rows}u`;
  return {
    declarations: pixelOf('a', { ...geometry, H: outH, W: outW }),
    matrix: `
let group = matrix / ${phases}u;
let phaseH = matrix % ${phases}u / ${strideW}u;
let phaseW = matrix % ${strideW}u;
${lookAll('H', vertical)}
${lookAll('W', horizontal)}`,
    K: `${outputs}u * tapsH * tapsW`,
    left: {
      line: (m, i, block) =>
        `let weight${i}${block} = (group * ${outputs * inputs}u + min(${m}, params.M - 1u)) * ${taps}u;`,
      depth: (k) =>
        `let tap = ${k} / (tapsH * tapsW) * ${inputs * taps}u + ${tapRow(k)} * ${KW}u + ${tapColumn(k)};`,
      value: (i, _k, block) => `b[weight${i}${block} + tap]`,
    },
    right: {
      line: (n, i, block) => `
let pixel${i}${block} = min(${n}, params.N - 1u);
let image${i}${block} = (${image(`pixel${i}${block}`)} * ${O}u + group * ${outputs}u) * ${pixels}u;
${pixel(`pixel${i}${block}`, `${i}${block}`)}
let top${i}${block} = i32((row${i}${block} + ${padTop}u) / ${strideH}u);
let left${i}${block} = i32((column${i}${block} + ${padLeft}u) / ${strideW}u);`,
      depth: (k) => `
let output = ${k} / (tapsH * tapsW) * ${pixels}u;
let up = i32(${tapRow(k)} * ${dilationH}u / ${strideH}u);
let back = i32(${tapColumn(k)} * ${dilationW}u / ${strideW}u);`,
      value: (i, _k, block) =>
        `pixel(image${i}${block} + output, top${i}${block} - up, left${i}${block} - back)`,
    },
    column: (n, name) => `
${pixel(n, name)}
let exists${name} = ${n} < params.N && row${name} < ${H}u && column${name} < ${W}u;
let place${name} = (${image(n)} * ${C}u + group * ${inputs}u) * ${plane}u + row${name} * ${W}u + column${name};`,
    rowStep: plane,
    channel: (m) => `group * ${inputs}u + ${m}`,
    columnsInFours: phases === 1 && plane % 4 === 0,
  };
}

/** What the forward product sums over are columns here, and its columns are summed over. */
export function weightGradSizes(dims: Conv2dDims): Conv2dSizes {
  const { N, K, ...others } = forwardSizes(dims);
  return { ...others, N: K, K: N };
}

/** dw = g · columns^T: a row for each output channel, a column for each input channel and tap; x is the first operand. */
export function weightGrad(geometry: Geometry): Conv2dProduct {
  const { O } = geometry;
  const { inputs, outputs, taps, pixels, common, window, tap, value } = windowsOf(geometry);
  return {
    ...common,
    left: {
      line: (m, i, block) =>
        `let row${i}${block} = (matrix * ${outputs}u + min(${m}, params.M - 1u)) * ${pixels}u;`,
      depth: (k) => `let gradient = ${k} / ${pixels}u * ${O * pixels}u + ${k} % ${pixels}u;`,
      value: (i, _k, block) => `b[row${i}${block} + gradient]`,
    },
    right: {
      line: (n, i, block) => tap(`min(${n}, params.N - 1u)`, `${i}${block}`),
      depth: (k) => window(k, ''),
      value: (i, _k, block) => value('', `${i}${block}`),
    },
    column: (n, name) => `
let exists${name} = ${n} < params.N;
let place${name} = matrix * ${outputs * inputs * taps}u + ${n};`,
    rowStep: inputs * taps,
    channel: (m) => `matrix * ${outputs}u + ${m}`,
    columnsInFours: (inputs * taps) % 4 === 0,
  };
}
