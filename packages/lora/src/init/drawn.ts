/** Initialisations that draw A and B at random, and leave the base weight as it is. */
import { kaimingUniform, normalInit, Parameter } from '@lowrank/nn';
import { ArgumentError, matmul, qr, randn, type Shape, type Tensor, zeros } from '@lowrank/tensor';
import type { InitialValues, InitRequest } from '../adapters/parts.js';

/**
 * A Kaiming-uniform with a = sqrt 5, as a Linear begins, and B zero. For an Embedding, whose A is only looked up, A zero
 * and B normal. Hu et al., 2021, as in `loralib`.
 */
export function byDefault(request: InitRequest): InitialValues {
  return oneFactorZero(request, (A) => kaimingUniform(A, { a: Math.sqrt(5) }));
}

/** A normal with standard deviation 1 / r, and B zero; for an Embedding the same as by default. */
export function gaussian(request: InitRequest): InitialValues {
  return oneFactorZero(request, (A) => normalInit(A, 0, 1 / request.rank));
}

function oneFactorZero({ kind, shapes }: InitRequest, fill: (A: Parameter) => Tensor): InitialValues {
  const drawn = (shape: Shape, by: (factor: Parameter) => Tensor) => by(new Parameter(zeros(shape))).detach();
  if (kind === 'Embedding') return { A: zeros(shapes.A), B: drawn(shapes.B, normalInit), subtracted: false };
  return { A: drawn(shapes.A, fill), B: zeros(shapes.B), subtracted: false };
}

/** The GPU has no QR decomposition; what comes out goes where the layer is. */
const ON_CPU = { device: 'cpu' } as const;

/**
 * Both random, yet their product zero: A lies in the span of the odd rows of a random orthogonal matrix, B in that of the
 * even ones. (Bhavani, "Rethinking LoRA initialisation", 2024)
 * @throws ArgumentError for an odd rank.
 */
export function orthogonal({ rank, shapes }: InitRequest, op: string): InitialValues {
  if (rank % 2 !== 0) {
    throw new ArgumentError(op, `the initialisation 'orthogonal' needs an even rank, got ${rank}`);
  }
  const rows = qr(randn([rank, rank], ON_CPU)).Q.reshape([rank / 2, 2, rank]);
  const [odd, even] = [rows.select(1, 0), rows.select(1, 1)];
  // In the order, and in the shapes, in which PEFT draws.
  const [r, inputs] = matrixShape(shapes.A);
  const A = matmul(randn([inputs, r / 2], ON_CPU), odd)
    .transpose()
    .div(10);
  const B = matmul(randn([r / 2, shapes.B[0] as number], ON_CPU), even, { transposeA: true }).div(10);
  return { A: A.reshape(shapes.A), B: B.reshape(shapes.B), subtracted: false };
}

function matrixShape([rows, ...rest]: Shape): [rows: number, columns: number] {
  return [rows as number, rest.reduce((product, length) => product * length, 1)];
}
