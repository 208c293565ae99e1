/** Products without tiles, as WGSL: where a matrix has but one or two rows, most of a tile would be empty. */
import { activated, type Ending } from './epilogue.js';
import { addInSteps, laneMemory } from './lanes.js';
import type { Values } from './matrix.js';
import type { KernelText } from './program.js';

export const DIRECT_THREADS = 64;

export interface Direct extends Pick<KernelText, 'inputs' | 'declarations'> {
  /** How many invocations share a sum. */
  readonly lanes: number;
  readonly left: Values;
  readonly right: Values;
  readonly matrix: string;
  readonly K: string;
  readonly column: (n: string, name: string) => string;
  readonly rowStep: number;
  readonly channel: (m: string) => string;
  readonly ending: Ending;
}

/** Each C[m, n] by itself. */
export function direct({
  lanes,
  left,
  right,
  matrix,
  K,
  column,
  rowStep,
  channel,
  ending,
  ...rest
}: Direct): KernelText {
  return {
    ...rest,
    output: 'f32',
    threads: DIRECT_THREADS,
    declarations: (rest.declarations ?? '') + laneMemory(lanes, DIRECT_THREADS, 'f32'),
    body: `
  let lane = thread % ${lanes}u;
  let number = id * ${DIRECT_THREADS / lanes}u + thread / ${lanes}u;
  let n = number % params.N;
  let m = number / params.N % params.M;
  let matrix = min(number / params.N / params.M, params.batch - 1u);
  ${matrix}
  ${left.line('m', 0, '')}
  ${right.line('n', 0, '')}
  var sum = 0.0;
  for (var k = lane; k < ${K}; k += ${lanes}u) {
    ${left.depth?.('k') ?? ''}
    ${right.depth?.('k') ?? ''}
    sum = fma(${left.value(0, 'k', '')}, ${right.value(0, 'k', '')}, sum);
  }
  ${addInSteps(lanes, 1)}
  ${column('n', '')}
  if (lane != 0u || number >= params.N * params.M * params.batch || !exists) { return; }
  let value = vec4f(sum${ending.bias ? ` + bias[${channel('m')}]` : ''});
  out[place + m * ${rowStep}u] = (${activated('value', ending.activation)}).x;`,
  };
}
