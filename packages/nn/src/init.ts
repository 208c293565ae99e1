/** Initialisation: fresh values for parameters, drawn as PyTorch draws them: on the CPU, wherever the parameter is. */
import {
  ArgumentError,
  eye,
  formatShape,
  formatValue,
  fromTypedArray,
  full,
  normal,
  qr,
  type RandomOptions,
  randperm,
  type Shape,
  ShapeError,
  sizeOf,
  type Tensor,
  to,
  truncNormal,
  uniform,
} from '@lowrank/tensor';
import { checkOptions, checkTensor } from './checks.js';

/** Where the random numbers come from. */
export type InitOptions = Pick<RandomOptions, 'generator'>;

/**
 * The number of inputs and of outputs of one unit of a weight [out, in, ...].
 * @throws ShapeError for fewer than two axes.
 */
export function fans(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  if (!Array.isArray(shape) || shape.length < 2) {
    throw new ShapeError('fans', `a weight has at least two axes [out, in, ...], got ${formatValue(shape)}`);
  }
  const field = sizeOf(shape.slice(2));
  return { fanIn: shape[1]! * field, fanOut: shape[0]! * field };
}

/** The activation that follows a layer, for `gain`. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/**
 * The factor by which a layer's standard deviation is scaled for the activation that follows. `torch.nn.init.calculate_gain`
 * @param slope The negative slope of `leakyRelu`. Default 0.01.
 */
export function gain(nonlinearity: Nonlinearity, slope = 0.01): number {
  const gains: Readonly<Record<Nonlinearity, number>> = {
    linear: 1,
    sigmoid: 1,
    tanh: 5 / 3,
    relu: Math.SQRT2,
    leakyRelu: Math.sqrt(2 / (1 + slope ** 2)),
    selu: 3 / 4,
  };
  if (!Object.hasOwn(gains, nonlinearity)) {
    const known = Object.keys(gains).join(', ');
    throw new ArgumentError('gain', `there is no nonlinearity ${formatValue(nonlinearity)}; known: ${known}`);
  }
  return gains[nonlinearity];
}

function fill<T extends Tensor>(
  op: string,
  target: T,
  options: InitOptions,
  values: (options: RandomOptions) => Tensor,
): T {
  checkTensor(op, 'what is filled', target);
  checkOptions(op, options);
  const drawn = values({ dtype: target.dtype, generator: options.generator, device: 'cpu' });
  target.assign(to(drawn, target.device));
  return target;
}

/** Fills with draws that are uniform on [from, to). `torch.nn.init.uniform_` */
export function uniformInit<T extends Tensor>(target: T, from = 0, to = 1, options: InitOptions = {}): T {
  return fill('uniformInit', target, options, (drawn) => uniform(target.shape, from, to, drawn));
}

/** Fills with normal draws. `torch.nn.init.normal_` */
export function normalInit<T extends Tensor>(target: T, mean = 0, std = 1, options: InitOptions = {}): T {
  return fill('normalInit', target, options, (drawn) => normal(target.shape, mean, std, drawn));
}

export interface TruncNormalOptions extends InitOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Default 1. */
  readonly std?: number;
  /** The smallest value. Default -2. */
  readonly a?: number;
  /** The largest value. Default 2. */
  readonly b?: number;
}

/** Fills with normal draws that are cut off at a and b. `torch.nn.init.trunc_normal_` */
export function truncNormalInit<T extends Tensor>(target: T, options: TruncNormalOptions = {}): T {
  checkTensor('truncNormalInit', 'what is filled', target);
  checkOptions('truncNormalInit', options);
  const { mean = 0, std = 1, a = -2, b = 2, generator } = options;
  return fill('truncNormalInit', target, { generator }, (drawn) =>
    truncNormal(target.shape, mean, std, a, b, drawn),
  );
}

/** Fills with one value. `torch.nn.init.constant_`, `zeros_` and `ones_` */
export function constantInit<T extends Tensor>(target: T, value: number): T {
  return fill('constantInit', target, {}, ({ dtype, device }) =>
    full(target.shape, value, { dtype, device }),
  );
}

/**
 * Fills a matrix with ones on the diagonal and zeros elsewhere. `torch.nn.init.eye_`
 * @throws ShapeError unless it has two axes.
 */
export function eyeInit<T extends Tensor>(target: T): T {
  return fill('eyeInit', target, {}, ({ dtype, device }) =>
    eye(...matrixShape('eyeInit', target), { dtype, device }),
  );
}

function matrixShape(op: string, { shape }: Tensor): [rows: number, columns: number] {
  if (shape.length === 2) return [shape[0]!, shape[1]!];
  throw new ShapeError(op, `fills a matrix [out, in], got ${formatShape(shape)}`);
}

export interface KaimingOptions extends InitOptions {
  /** The negative slope of the rectifier that follows. Default 0. */
  readonly a?: number;
  /** Keep the variance of the forward (`'fanIn'`, default) or of the backward pass (`'fanOut'`). */
  readonly mode?: 'fanIn' | 'fanOut';
  /** Default `'leakyRelu'`. */
  readonly nonlinearity?: Nonlinearity;
}

function kaimingStd(op: string, target: Tensor, options: KaimingOptions): number {
  checkTensor(op, 'what is filled', target);
  checkOptions(op, options);
  const { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' } = options;
  if (mode !== 'fanIn' && mode !== 'fanOut') {
    throw new ArgumentError(op, `mode is 'fanIn' or 'fanOut', got ${formatValue(mode)}`);
  }
  // Where there is nothing to fill, the fan may be 0.
  return gain(nonlinearity, a) / Math.sqrt(Math.max(fans(target.shape)[mode], 1));
}

/** He et al. (2015), uniform on [-b, b) with b = sqrt(3) gain / sqrt(fan). `torch.nn.init.kaiming_uniform_` */
export function kaimingUniform<T extends Tensor>(target: T, options: KaimingOptions = {}): T {
  const bound = Math.sqrt(3) * kaimingStd('kaimingUniform', target, options);
  return uniformInit(target, -bound, bound, { generator: options.generator });
}

/** He et al. (2015), normal with standard deviation gain / sqrt(fan). `torch.nn.init.kaiming_normal_` */
export function kaimingNormal<T extends Tensor>(target: T, options: KaimingOptions = {}): T {
  const std = kaimingStd('kaimingNormal', target, options);
  return normalInit(target, 0, std, { generator: options.generator });
}

export interface XavierOptions extends InitOptions {
  /** The factor for the activation that follows, see `gain`. Default 1. */
  readonly gain?: number;
}

function xavierStd(op: string, target: Tensor, options: XavierOptions): number {
  checkTensor(op, 'what is filled', target);
  checkOptions(op, options);
  const { fanIn, fanOut } = fans(target.shape);
  return (options.gain ?? 1) * Math.sqrt(2 / Math.max(fanIn + fanOut, 1));
}

/** Glorot and Bengio (2010), uniform. `torch.nn.init.xavier_uniform_` */
export function xavierUniform<T extends Tensor>(target: T, options: XavierOptions = {}): T {
  const bound = Math.sqrt(3) * xavierStd('xavierUniform', target, options);
  return uniformInit(target, -bound, bound, { generator: options.generator });
}

/** Glorot and Bengio (2010), normal. `torch.nn.init.xavier_normal_` */
export function xavierNormal<T extends Tensor>(target: T, options: XavierOptions = {}): T {
  return normalInit(target, 0, xavierStd('xavierNormal', target, options), { generator: options.generator });
}

export interface OrthogonalOptions extends InitOptions {
  /** What the orthogonal matrix is multiplied by, see `gain`. Default 1. */
  readonly gain?: number;
}

/**
 * Saxe et al. (2013): a weight [out, in, ...], taken for a matrix [out, in * ...], whose rows or columns, the fewer of
 * them, are orthonormal; made of normal draws. `torch.nn.init.orthogonal_`, but for the rounding of its decomposition.
 * @throws ShapeError for fewer than two axes.
 */
export function orthogonal<T extends Tensor>(target: T, options: OrthogonalOptions = {}): T {
  checkTensor('orthogonal', 'what is filled', target);
  checkOptions('orthogonal', options);
  const { gain = 1, generator } = options;
  const { fanIn } = fans(target.shape);
  const rows = target.shape[0]!;
  if (target.numel() === 0) return target;
  return fill('orthogonal', target, { generator }, (drawn) => {
    const matrix = normal([rows, fanIn], 0, 1, drawn);
    const isWide = rows < fanIn;
    const oriented = withPositiveDiagonal(isWide ? matrix.transpose() : matrix);
    return (isWide ? oriented.transpose() : oriented).mul(gain).reshape(target.shape);
  });
}

/** The orthonormal factor of the only QR decomposition of [M, N], M >= N, that has a positive diagonal. */
function withPositiveDiagonal(matrix: Tensor): Tensor {
  const { Q, R } = qr(matrix);
  const diagonal = R.mul(eye(R.shape[0]!, { dtype: R.dtype, device: R.device })).sum(0);
  return Q.mul(diagonal.sign());
}

export interface SparseOptions extends InitOptions {
  /** The standard deviation of what is not 0. Default 0.01. */
  readonly std?: number;
}

/**
 * Martens (2010): normal draws, of which a fraction in each column of the matrix is set to 0, rounded up to a whole
 * number of rows. `torch.nn.init.sparse_`
 * @throws ShapeError unless the target has two axes, ArgumentError unless the fraction is from 0 to 1.
 */
export function sparse<T extends Tensor>(target: T, sparsity: number, options: SparseOptions = {}): T {
  checkTensor('sparse', 'what is filled', target);
  checkOptions('sparse', options);
  if (!(typeof sparsity === 'number' && sparsity >= 0 && sparsity <= 1)) {
    throw new ArgumentError('sparse', `the fraction of zeros is from 0 to 1, got ${formatValue(sparsity)}`);
  }
  const { std = 0.01, generator } = options;
  const [rows, columns] = matrixShape('sparse', target);
  const zeros = Math.ceil(sparsity * rows);
  return fill('sparse', target, { generator }, (drawn) => {
    const values = normal([rows, columns], 0, std, drawn).dataSync();
    for (let j = 0; j < columns; j++) {
      const chosen = randperm(rows, { generator, device: 'cpu' }).dataSync().subarray(0, zeros);
      for (const i of chosen) values[i * columns + j] = 0;
    }
    return fromTypedArray(values, [rows, columns], { device: 'cpu' });
  });
}
