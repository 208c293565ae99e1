/** The elementwise ops: the table of scalar functions, as functions of tensors and numbers. */
import { type DType, isFloat } from '../dtype.js';
import { ArgumentError, formatValue } from '../errors.js';
import type { ScalarName } from '../kernels/scalars.js';
import { checkOptions } from '../options.js';
import type { Tensor } from '../tensor.js';
import { checkOperand, commonDType, type Operand, toTensors } from './operand.js';
import { call, callPromoted } from './scalar-op.js';

type Unary = (x: Operand) => Tensor;
type Binary = (a: Operand, b: Operand) => Tensor;
const unary =
  (name: ScalarName): Unary =>
  (x) =>
    call(name, [x]);
const binary =
  (name: ScalarName): Binary =>
  (a, b) =>
    call(name, [a, b]);

/** a + b, broadcast. `torch.add` */
export const add: Binary = binary('add');
/** a - b, broadcast. Not for bool. `torch.sub` */
export const sub: Binary = binary('sub');
/** a * b, element by element, broadcast. `torch.mul` */
export const mul: Binary = binary('mul');
/** a / b, broadcast; integers are divided as float32. `torch.div` */
export const div: Binary = binary('div');
/** floor(a / b), broadcast. Not for bool; an integer divided by 0 gives 0. `torch.floor_divide` */
export const floorDivide: Binary = binary('floorDivide');
/** a - b * floor(a / b): the remainder, with the sign of b. Not for bool; that of an integer by 0 is 0. `torch.remainder` */
export const remainder: Binary = binary('remainder');
/**
 * a to the power of b, broadcast. Not for bool. Integers stay integers, and wrap around. `torch.pow`
 * @throws ArgumentError for integers to the power of a plain negative number.
 */
export const pow: Binary = (a, b) => {
  if (typeof b === 'number' && b < 0 && !isFloat(commonDType([a, b]))) {
    throw new ArgumentError(
      'pow',
      `integers to the power ${b} are fractions. Convert the base with to('float32')`,
    );
  }
  return call('pow', [a, b]);
};
/** The larger of a and b; NaN if either is. `torch.maximum` */
export const maximum: Binary = binary('maximum');
/** The smaller of a and b; NaN if either is. `torch.minimum` */
export const minimum: Binary = binary('minimum');

/** Whether a = b, element by element. `torch.eq` */
export const eq: Binary = binary('eq');
/** Whether a differs from b, element by element. `torch.ne` */
export const ne: Binary = binary('ne');
/** Whether a < b, element by element. `torch.lt` */
export const lt: Binary = binary('lt');
/** Whether a <= b, element by element. `torch.le` */
export const le: Binary = binary('le');
/** Whether a > b, element by element. `torch.gt` */
export const gt: Binary = binary('gt');
/** Whether a >= b, element by element. `torch.ge` */
export const ge: Binary = binary('ge');
/** Whether both are not 0. `torch.logical_and` */
export const logicalAnd: Binary = binary('logicalAnd');
/** Whether one or both are not 0. `torch.logical_or` */
export const logicalOr: Binary = binary('logicalOr');
/** Whether exactly one is not 0. `torch.logical_xor` */
export const logicalXor: Binary = binary('logicalXor');
/** Whether x is 0. `torch.logical_not` */
export const logicalNot: Unary = unary('logicalNot');

/** -x. Not for bool. `torch.neg` */
export const neg: Unary = unary('neg');
/** |x|. `torch.abs` */
export const abs: Unary = unary('abs');
/** -1, 0 or 1; 0 for NaN. `torch.sign` */
export const sign: Unary = unary('sign');
/** x * x. `torch.square` */
export const square: Unary = unary('square');
/** The largest whole number that is not above x. `torch.floor` */
export const floor: Unary = unary('floor');
/** The smallest whole number that is not below x. `torch.ceil` */
export const ceil: Unary = unary('ceil');
/** The nearest whole number; halves go to the even neighbour. `torch.round` */
export const round: Unary = unary('round');

/** e^x. `torch.exp` */
export const exp: Unary = unary('exp');
/** e^x - 1, exact near 0. `torch.expm1` */
export const expm1: Unary = unary('expm1');
/** The natural logarithm. `torch.log` */
export const log: Unary = unary('log');
/** log(1 + x), exact near 0. `torch.log1p` */
export const log1p: Unary = unary('log1p');
/** The square root. `torch.sqrt` */
export const sqrt: Unary = unary('sqrt');
/** 1 / sqrt(x). `torch.rsqrt` */
export const rsqrt: Unary = unary('rsqrt');
/** 1 / x. `torch.reciprocal` */
export const reciprocal: Unary = unary('reciprocal');
/** Sine of x in radians. `torch.sin` */
export const sin: Unary = unary('sin');
/** Cosine of x in radians. `torch.cos` */
export const cos: Unary = unary('cos');
/** Tangent of x in radians. `torch.tan` */
export const tan: Unary = unary('tan');
/** The hyperbolic tangent. `torch.tanh` */
export const tanh: Unary = unary('tanh');
/** The error function. `torch.erf` */
export const erf: Unary = unary('erf');

/** max(x, 0). `torch.relu` */
export const relu: Unary = unary('relu');
/** 1 / (1 + e^-x). `torch.sigmoid` */
export const sigmoid: Unary = unary('sigmoid');
/** x * sigmoid(x). `torch.nn.functional.silu` */
export const silu: Unary = unary('silu');

/** Whether x is not a number. `torch.isnan` */
export const isnan: Unary = unary('isnan');
/** Whether x is an infinity. `torch.isinf` */
export const isinf: Unary = unary('isinf');
/** Whether x is neither NaN nor an infinity. `torch.isfinite` */
export const isfinite: Unary = unary('isfinite');

/**
 * The Gaussian error linear unit, x * Phi(x). `torch.nn.functional.gelu`
 * @param options.approximate `'tanh'` for the cheaper formula of Hendrycks and Gimpel; default `'none'`.
 * @throws ArgumentError for another approximation.
 */
export function gelu(x: Operand, options: { readonly approximate?: 'none' | 'tanh' } = {}): Tensor {
  checkOptions('gelu', options, ['approximate']);
  const { approximate = 'none' } = options;
  if (approximate !== 'none' && approximate !== 'tanh') {
    throw new ArgumentError('gelu', `approximate is 'none' or 'tanh', got ${formatValue(approximate)}`);
  }
  return call(approximate === 'tanh' ? 'geluTanh' : 'gelu', [x]);
}

/**
 * log(1 + e^(beta x)) / beta, a smooth relu. `torch.nn.functional.softplus`
 * @param options.beta Default 1.
 * @param options.threshold Above it (for beta x) the function is x itself. Default 20.
 */
export function softplus(
  x: Operand,
  options: { readonly beta?: number; readonly threshold?: number } = {},
): Tensor {
  checkOptions('softplus', options, ['beta', 'threshold']);
  const { beta = 1, threshold = 20 } = options;
  return call('softplus', [x, beta, threshold]);
}

/**
 * x, but not below `min` nor above `max`, each a number, a tensor, or `null` for no limit; `max` where `min` is above
 * it. `torch.clamp`
 * @throws ArgumentError if both limits are missing.
 */
export function clamp(x: Operand, min: Operand | null = null, max: Operand | null = null): Tensor {
  if (min === null && max === null) throw new ArgumentError('clamp', 'needs a minimum, a maximum, or both');
  const given = [x, min, max].filter((operand) => operand !== null);
  const [lowest, highest] = LIMITS[commonDType(given)];
  return call('clamp', [x, min ?? lowest, max ?? highest]);
}

/** What no value of a dtype is below, and none above. */
const LIMITS: Readonly<Record<DType, readonly [lowest: Operand, highest: Operand]>> = {
  bool: [false, true],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  float32: [-Infinity, Infinity],
  float64: [-Infinity, Infinity],
};

/**
 * a where the condition holds, b elsewhere; all three are broadcast. `torch.where`
 * @param condition Anything but 0 is true.
 */
export function where(condition: Operand, a: Operand, b: Operand): Tensor {
  for (const operand of [condition, a, b]) checkOperand('where', operand);
  const [mask] = toTensors([condition], 'bool');
  return callPromoted('where', [mask as Tensor, ...toTensors([a, b], commonDType([a, b]))]);
}
