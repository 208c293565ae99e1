/** Matrix products in gpu.js's dialect: one thread for each element of the output. */
import type { MatmulDims } from '../../dims.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import { kernel, run } from './define.js';

/** op(A[i]) · op(B[i]) for each batch i: [batch, M, N], zeros where K = 0. */
export function matmul(calls: GpuCalls, a: GpuStorage, b: GpuStorage, dims: MatmulDims): GpuStorage {
  return multiply(calls, a, b, undefined, dims);
}

/** x · op(weight), and `bias` [N] added to each row if there is one. */
export function linear(
  calls: GpuCalls,
  x: GpuStorage,
  weight: GpuStorage,
  bias: GpuStorage | undefined,
  dims: MatmulDims,
): GpuStorage {
  return multiply(calls, x, weight, bias, dims);
}

function multiply(
  calls: GpuCalls,
  a: GpuStorage,
  b: GpuStorage,
  bias: GpuStorage | undefined,
  dims: MatmulDims,
): GpuStorage {
  const { M, N, K, transposeA, transposeB, offsetsA, offsetsB } = dims;
  const batch = offsetsA.length;
  const steps = [evenStep(offsetsA), evenStep(offsetsB)];
  const isEven = steps.every((step) => step !== undefined);
  const extra = bias === undefined ? [] : ['bias'];
  const name = [
    `matmul ${transposeA ? 'A^T' : 'A'} ${transposeB ? 'B^T' : 'B'}`,
    ...(isEven ? [] : ['of chosen matrices']),
    ...extra,
  ].join(', ');
  const callable = kernel<string, string>(name, () => {
    const [number, row, column] = [
      'quotient(this.thread.x, M * N)',
      'rest(quotient(this.thread.x, N), M)',
      'rest(this.thread.x, N)',
    ];
    const first = (input: string) =>
      isEven ? `${number} * ${input}Step` : `whole(${input}At[${number}]) * ${input}Step`;
    const elementA = transposeA ? `k * M + ${row}` : `${row} * K + k`;
    const elementB = transposeB ? `${column} * K + k` : `k * N + ${column}`;
    return {
      inputs: ['a', 'b', ...extra, ...(isEven ? [] : ['aAt', 'bAt'])],
      ints: ['M', 'N', 'K', 'aStep', 'bStep'],
      body: `let sum = 0;
        for (let k = 0; k < K; k++) { sum = sum + a[${first('a')} + ${elementA}] * b[${first('b')} + ${elementB}]; }
        return sum${bias === undefined ? '' : ` + bias[${column}]`};`,
    };
  });
  const output = { length: batch * M * N, dtype: a.dtype };
  const operands: Record<string, GpuStorage> = { a, b, ...(bias && { bias }) };
  if (isEven) {
    const [aStep, bStep] = steps as [number, number];
    return run(calls, callable, operands, { M, N, K, aStep, bStep }, output);
  }
  // Numbers of matrices instead of elements: float32 holds those exactly.
  const [aStep, bStep] = [M * K, K * N];
  const [aAt, bAt] = [numbersOf(calls, offsetsA, aStep), numbersOf(calls, offsetsB, bStep)];
  const product = run(calls, callable, { ...operands, aAt, bAt }, { M, N, K, aStep, bStep }, output);
  for (const list of [aAt, bAt]) list.release();
  return product;
}

/** The distance between the offsets, if it is always the same. */
function evenStep(offsets: readonly number[]): number | undefined {
  const step = offsets.length < 2 ? 0 : offsets[1] - offsets[0];
  return offsets.every((offset, i) => offset === i * step) ? step : undefined;
}

function numbersOf(calls: GpuCalls, offsets: readonly number[], size: number): GpuStorage {
  return calls.put(
    offsets.map((offset) => offset / Math.max(1, size)),
    'int32',
  );
}
