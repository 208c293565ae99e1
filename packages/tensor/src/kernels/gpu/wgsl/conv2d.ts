/** Convolution and its gradients in WGSL: which kernel and which tile suits the geometry. */
import type { Conv2dDims } from '../../dims.js';
import {
  type Conv2dProduct,
  type Conv2dSizes,
  forward,
  forwardSizes,
  type Geometry,
  geometryOf,
  inputGrad,
  inputGradSizes,
  weightGrad,
  weightGradSizes,
} from './conv2d-products.js';
import { DIRECT_THREADS, direct } from './direct.js';
import { activated, addParts, type Ending, NO_ENDING } from './epilogue.js';
import { gemm, type Target, workgroupsOf } from './gemm.js';
import { lanesFor } from './lanes.js';
import { oneByOne } from './matrix.js';
import {
  type Capabilities,
  defineStep,
  type Element,
  type KernelText,
  lines,
  type Plan,
  type Source,
} from './program.js';
import { cutOf, isTiny, type Tile } from './tile.js';

/** How each of the ops is a product. */
const OPS = {
  conv2d: { product: forward, sizes: forwardSizes },
  conv2dInputGrad: { product: inputGrad, sizes: inputGradSizes },
  conv2dWeightGrad: { product: weightGrad, sizes: weightGradSizes },
};

type Op = keyof typeof OPS;

/** x [N, C, H, W], w [O, C / groups, KH, KW] and, if the ending has one, a bias [O] give y [N, O, outH, outW]. */
export function planConv2d(dims: Conv2dDims, capabilities: Capabilities, ending = NO_ENDING): Plan {
  return planProduct('conv2d', dims, capabilities, dims.N * dims.O * dims.outH * dims.outW, ending);
}

/** g [N, O, outH, outW] and w [O, C / groups, KH, KW] give the gradient of x, [N, C, H, W]. */
export function planConv2dInputGrad(dims: Conv2dDims, capabilities: Capabilities): Plan {
  return planProduct('conv2dInputGrad', dims, capabilities, dims.N * dims.C * dims.H * dims.W);
}

/** x [N, C, H, W] and g [N, O, outH, outW] give the gradient of w, [O, C / groups, KH, KW]. */
export function planConv2dWeightGrad(dims: Conv2dDims, capabilities: Capabilities): Plan {
  const { O, C, groups, KH, KW } = dims;
  return planProduct('conv2dWeightGrad', dims, capabilities, O * (C / groups) * KH * KW);
}

/** With so few rows a product is computed without tiles. */
const FEW_ROWS = 2;

/** The operands are the op's two and, if there is one, the bias. No dimension is 0. */
function planProduct(
  op: Op,
  dims: Conv2dDims,
  capabilities: Capabilities,
  length: number,
  ending = NO_ENDING,
): Plan {
  const sizes = OPS[op].sizes(dims);
  if (isTiny(sizes, capabilities)) return [];
  const options = { op, geometry: geometryOf(dims), ending };
  if (sizes.M <= FEW_ROWS) return planDirect(options, sizes, length);
  return planTiled(options, sizes, length, capabilities);
}

const operands = ({ bias }: Ending): readonly Source[] => (bias ? [0, 1, 2] : [0, 1]);

/** All that the text of a product depends on, but for the tile or the lanes. */
interface TextOptions {
  readonly op: Op;
  readonly geometry: Geometry;
  readonly ending: Ending;
}

/** So many invocations keep the largest adapters busy; with fewer sums, several share one. */
const ENOUGH_INVOCATIONS = 65536;

/** Each of them should have so many products at least. */
const LEAST_SHARE = 8;

function planDirect({ op, geometry, ending }: TextOptions, sizes: Conv2dSizes, length: number): Plan {
  const sums = sizes.batch * sizes.M * sizes.N;
  const lanes = lanesFor(Math.min(sizes.K / LEAST_SHARE, ENOUGH_INVOCATIONS / sums), DIRECT_THREADS);
  return [
    defineStep({
      kind: 'direct',
      options: { op, geometry, ending, lanes },
      text: directText,
      params: { ...sizes },
      inputs: operands(ending),
      groups: Math.ceil((sums * lanes) / DIRECT_THREADS),
      length,
    }),
  ];
}

function directText({ op, geometry, ending, lanes }: TextOptions & { readonly lanes: number }): KernelText {
  return direct({ ...OPS[op].product(geometry), inputs: inputsOf('f32', ending), lanes, ending });
}

function planTiled(
  { op, geometry, ending }: TextOptions,
  sizes: Conv2dSizes,
  length: number,
  capabilities: Capabilities,
): Plan {
  const { tile, parts, depth } = cutOf(sizes, capabilities);
  const isWhole = parts === 1;
  const product = defineStep({
    kind: 'tiled',
    options: { op, geometry, ending: isWhole ? ending : NO_ENDING, tile, unrolled: !capabilities.isSoftware },
    text: tiledText,
    params: { ...sizes, depth, length },
    inputs: isWhole ? operands(ending) : operands(NO_ENDING),
    groups: workgroupsOf({ ...sizes, depth }, tile),
    length: parts * length,
  });
  if (isWhole) return [product];
  const { O, outH, outW } = geometry;
  const channels = { channels: O, inner: outH * outW };
  return [product, addParts({ parts, length, ...channels, ending, biases: ending.bias ? [2] : [] })];
}

function tiledText({
  op,
  geometry,
  ending,
  tile,
  unrolled,
}: TextOptions & { readonly tile: Tile; readonly unrolled: boolean }): KernelText {
  const product = OPS[op].product(geometry);
  const { declarations, K, left, right, columnsInFours } = product;
  return gemm({
    inputs: inputsOf('f32', ending),
    output: columnsInFours ? 'vec4f' : 'f32',
    declarations,
    tile,
    unrolled,
    K,
    a: { matrix: product.matrix, ...oneByOne(left) },
    b: { matrix: '', ...oneByOne(right) },
    target: columnsInFours ? fours(product, ending) : ones(product, ending),
  });
}

const inputsOf = (element: Element, { bias }: Ending): Readonly<Record<string, Element>> => ({
  a: element,
  b: element,
  ...(bias && { bias: 'f32' }),
});

/** Where a part of the sums begins. */
const BEGINNING = 'let beginOut = part * params.length;';

const biasOf = ({ channel }: Conv2dProduct, { bias }: Ending, m: string) =>
  bias ? ` + bias[${channel(m)}]` : '';

function fours(product: Conv2dProduct, ending: Ending): Target {
  return {
    matrix: BEGINNING,
    columns: product.column,
    store: (m, _n, sum, name) => `
if (exists${name}) {
  let value = ${sum}${biasOf(product, ending, m)};
  out[(beginOut + place${name} + ${m} * ${product.rowStep}u) / 4u] = ${activated('value', ending.activation)};
}`,
  };
}

function ones(product: Conv2dProduct, ending: Ending): Target {
  return {
    matrix: BEGINNING,
    columns: (n, name) => lines(4, (i) => product.column(`(${n} + ${i}u)`, `${name}${i}`)),
    store: (m, _n, sum, name) => `{
let value = ${sum}${biasOf(product, ending, m)};
let ended = ${activated('value', ending.activation)};
${lines(4, (i) => `if (exists${name}${i}) { out[beginOut + place${name}${i} + ${m} * ${product.rowStep}u] = ended.${'xyzw'[i]}; }`)}
}`,
  };
}
