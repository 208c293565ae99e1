/** Products of a matrix with a vector in WGSL: they read each value of the matrix once, so all that counts is to read fast. */
import type { MatmulDims } from '../../dims.js';
import { activated, addParts, type Ending, NO_ENDING } from './epilogue.js';
import { addInSteps, addInSubgroups, laneMemory, lanesFor } from './lanes.js';
import { beginning, isInFours, placesOf, tableInput } from './places.js';
import { type Capabilities, defineStep, type KernelText, type Plan, type Source } from './program.js';

/** Which operands are which. */
export interface VectorOperands {
  readonly matrix: Source;
  readonly vector: Source;
  readonly biases: readonly Source[];
}

const THREADS = 128;

/** Each invocation should have so many values of a line to itself, so that few sums are left to add up. */
const VALUES_EACH = 16;

/** Workgroups that read at the same time; below, lines are read in parts. */
const ENOUGH_WORKGROUPS = 512;

/** A line is not cut into smaller parts. */
const LEAST_DEPTH = 2048;

/**
 * One of M and N is 1. The lines of the matrix, rows of A or columns of B, are multiplied with the vector: many invocations share a
 * line, which lie side by side where K runs along memory, and otherwise one above the other.
 */
export function planVector(
  dims: MatmulDims,
  { subgroups }: Capabilities,
  ending: Ending,
  { matrix, vector, biases }: VectorOperands,
): Plan {
  const { M, N, K, transposeA, transposeB } = dims;
  const isRow = M === 1;
  const [count, isAlongK] = isRow ? [N, transposeB] : [M, !transposeA];
  const [offsets, vectorOffsets] = isRow ? [dims.offsetsB, dims.offsetsA] : [dims.offsetsA, dims.offsetsB];
  const { hasTable, params, tables } = placesOf(offsets, vectorOffsets);
  const inFours = isInFours(offsets, isAlongK ? K : count) && (!isAlongK || isInFours(vectorOffsets, K));
  // Where lines lie side by side, eight of them are read together.
  const lanes = lanesFor(K / VALUES_EACH, isAlongK ? THREADS : THREADS / 8);
  const linesEach = (THREADS / lanes) * (inFours && !isAlongK ? 4 : 1);
  const groups = offsets.length * Math.ceil(count / linesEach);
  const wanted = Math.min(Math.floor(K / LEAST_DEPTH), Math.ceil(ENOUGH_WORKGROUPS / groups));
  const depth = 4 * Math.max(1, Math.ceil(K / Math.max(1, wanted) / 4));
  const parts = Math.max(1, Math.ceil(K / depth));
  const isWhole = parts === 1;
  const length = offsets.length * count;
  const product = defineStep({
    kind: 'vector',
    options: {
      isAlongK,
      inFours,
      hasTable,
      lanes,
      ending: isWhole ? ending : NO_ENDING,
      subgroups: subgroups && isAlongK && lanes === THREADS,
    },
    text: vectorText,
    params: { lines: count, K, batch: offsets.length, depth, channels: N, ...params },
    inputs: [matrix, vector, ...tables, ...(isWhole ? biases : [])],
    groups: parts * groups,
    length: parts * length,
  });
  return isWhole ? [product] : [product, addParts({ parts, length, channels: N, inner: 1, ending, biases })];
}

/** All that the text of a product with a vector depends on. */
interface VectorOptions {
  readonly isAlongK: boolean;
  readonly inFours: boolean;
  readonly hasTable: boolean;
  readonly lanes: number;
  readonly ending: Ending;
  readonly subgroups: boolean;
}

function vectorText(options: VectorOptions): KernelText {
  const { isAlongK, inFours, hasTable, lanes, ending, subgroups } = options;
  // Four k of one line, or four lines at one k.
  const isDot = inFours && isAlongK;
  const isWide = inFours && !isAlongK;
  const [step, width] = [isDot ? 4 : 1, isWide ? 4 : 1];
  const across = THREADS / lanes;
  const sum = isWide ? 'vec4f' : 'f32';
  const place = isAlongK ? '(line * params.K + k)' : '(k * params.lines + line)';
  const at = inFours ? ' / 4u' : '';
  return {
    inputs: {
      a: inFours ? 'vec4f' : 'f32',
      b: isDot ? 'vec4f' : 'f32',
      ...tableInput(hasTable),
      ...(ending.bias && { bias: 'f32' }),
    },
    output: sum,
    threads: THREADS,
    features: subgroups ? ['subgroups'] : [],
    declarations: laneMemory(lanes, THREADS, sum),
    body: `
  let perMatrix = (params.lines + ${across * width - 1}u) / ${across * width}u;
  let matrix = id / perMatrix % params.batch;
  let part = id / perMatrix / params.batch;
  ${beginning('A', hasTable)}
  ${beginning('B', hasTable)}
  let kBegin = part * params.depth;
  let kEnd = min(params.K, kBegin + params.depth);
  let lane = ${isAlongK ? `thread % ${lanes}u` : `thread / ${across}u`};
  let lineOfThread = ${isAlongK ? `thread / ${lanes}u` : `thread % ${across}u`};
  let own = ${width}u * (id % perMatrix * ${across}u + lineOfThread);
  let line = min(own, params.lines - ${width}u);
  var total = ${inFours ? 'vec4f()' : '0.0'};
  for (var k = kBegin + ${step}u * lane; k < kEnd; k += ${step * lanes}u) {
    total = fma(a[(beginA + ${place})${at}], ${isWide ? 'vec4f(b[beginB + k])' : `b[(beginB + k)${at}]`}, total);
  }
  var sum = ${isDot ? 'dot(total, vec4f(1.0))' : 'total'};
  ${subgroups ? addInSubgroups(THREADS) : addInSteps(lanes, isAlongK ? 1 : across)}
  if (lane != 0u || own >= params.lines) { return; }
  ${ending.bias ? biasOf(isWide) : ''}
  let value = vec4f(sum);
  out[((part * params.batch + matrix) * params.lines + line)${isWide ? ' / 4u' : ''}] = (${activated('value', ending.activation)})${isWide ? '' : '.x'};`,
  };
}

function biasOf(isWide: boolean): string {
  const at = (i: number) => `bias[(line + ${i}u) % params.channels]`;
  return isWide ? `sum += vec4f(${[0, 1, 2, 3].map(at).join(', ')});` : `sum += ${at(0)};`;
}
