/** The elementwise ops, each as one line of scalar arithmetic, from which kernels, ops and docs are derived. */
import { erf } from './erf.js';

/**
 * What an elementwise op does with dtypes:
 * - `arithmetic`: keeps the promoted dtype (bool counts as 0 and 1, and stays bool);
 * - `numeric`: the same, but refuses bool;
 * - `float`: integers and bools become float32;
 * - `comparison`: promotes, gives bool;
 * - `logical`: takes every operand as a truth value, gives bool;
 * - `choice`: the first operand is a truth value, the others are promoted among themselves.
 */
export type DTypeRule = 'arithmetic' | 'numeric' | 'float' | 'comparison' | 'logical' | 'choice';

/** A function of one, two or three numbers. NaN and infinities follow IEEE 754 and PyTorch. */
export type ScalarFunction = (...x: number[]) => number | boolean;

export interface ScalarOp {
  readonly rule: DTypeRule;
  readonly f: ScalarFunction;
  /** The same on int32, where float arithmetic would lose digits. */
  readonly int32?: ScalarFunction;
}

const arithmetic = (f: ScalarFunction, int32?: ScalarFunction): ScalarOp => ({
  rule: 'arithmetic',
  f,
  int32,
});
const numeric = (f: ScalarFunction, int32?: ScalarFunction): ScalarOp => ({ rule: 'numeric', f, int32 });
const float = (f: ScalarFunction): ScalarOp => ({ rule: 'float', f });
const comparison = (f: ScalarFunction): ScalarOp => ({ rule: 'comparison', f });
const logical = (f: ScalarFunction): ScalarOp => ({ rule: 'logical', f });
const choice = (f: ScalarFunction): ScalarOp => ({ rule: 'choice', f });

/** Whether what a % b leaves has the wrong sign for a division that rounds down. */
const isBelow = (rest: number, b: number) => rest !== 0 && rest < 0 !== b < 0;

function remainder(a: number, b: number): number {
  const rest = a % b;
  return isBelow(rest, b) ? rest + b : rest;
}

/** By way of the exact remainder, as a / b alone may round up to a whole number: 1 / 0.1 is 10, but 1 // 0.1 is 9. */
function floorDivide(a: number, b: number): number {
  if (b === 0) return a / b;
  const rest = a % b;
  const quotient = (a - rest) / b - (isBelow(rest, b) ? 1 : 0);
  return quotient === 0 ? 0 * (a / b) : Math.round(quotient);
}

/** With e^-|x| only, which never overflows. */
function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** log(1 + e^x), also where e^x overflows. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Powers modulo 2^32, by repeated squaring. Negative ones are whole for 1 and -1 alone, and else 0. */
function powInt32(base: number, exponent: number): number {
  if (exponent < 0) return base === 1 || base === -1 ? base ** (exponent % 2) : 0;
  let power = 1;
  for (let rest = exponent, square = base; rest > 0; rest >>= 1, square = Math.imul(square, square)) {
    if (rest & 1) power = Math.imul(power, square);
  }
  return power;
}

/** The table. The number of parameters is the number of inputs. */
export const SCALARS = {
  add: arithmetic((a, b) => a + b),
  sub: numeric((a, b) => a - b),
  mul: arithmetic((a, b) => a * b, Math.imul),
  div: float((a, b) => a / b),
  floorDivide: numeric(floorDivide),
  remainder: numeric(remainder),
  // C has 1 ** NaN = 1 ** Infinity = (-1) ** Infinity = 1, where JavaScript has NaN.
  pow: numeric((a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b), powInt32),
  maximum: arithmetic((a, b) => Math.max(a, b)),
  minimum: arithmetic((a, b) => Math.min(a, b)),

  neg: numeric((x) => -x),
  abs: numeric((x) => Math.abs(x)),
  sign: arithmetic((x) => (x > 0 ? 1 : x < 0 ? -1 : 0)),
  square: numeric(
    (x) => x * x,
    (x) => Math.imul(x, x),
  ),
  floor: numeric((x) => Math.floor(x)),
  ceil: numeric((x) => Math.ceil(x)),
  // Halves go to the even neighbour.
  round: numeric((x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))),
  relu: numeric((x) => Math.max(x, 0)),
  clamp: arithmetic((x, min, max) => Math.min(Math.max(x, min), max)),

  exp: float((x) => Math.exp(x)),
  expm1: float((x) => Math.expm1(x)),
  log: float((x) => Math.log(x)),
  log1p: float((x) => Math.log1p(x)),
  sqrt: float((x) => Math.sqrt(x)),
  rsqrt: float((x) => 1 / Math.sqrt(x)),
  reciprocal: float((x) => 1 / x),
  sin: float((x) => Math.sin(x)),
  cos: float((x) => Math.cos(x)),
  tan: float((x) => Math.tan(x)),
  tanh: float((x) => Math.tanh(x)),
  erf: float((x) => erf(x)),
  sigmoid: float(sigmoid),
  silu: float((x) => (x >= 0 ? x / (1 + Math.exp(-x)) : x * (Math.exp(x) / (1 + Math.exp(x))))),
  softplus: float((x, beta, threshold) => (x * beta > threshold ? x : softplus(x * beta) / beta)),
  gelu: float((x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2))),
  // Hendrycks and Gimpel, "Gaussian error linear units" (2016), section 2; 0.7978845608 = sqrt(2 / pi).
  geluTanh: float((x) => 0.5 * x * (1 + Math.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))),

  // The gradients of activations, given that of the result and, by what is cheaper, the result y or the argument x.
  reluGrad: numeric((g, y) => (y <= 0 ? 0 : g)),
  tanhGrad: float((g, y) => g * (1 - y) * (1 + y)),
  sigmoidGrad: float((g, y) => g * y * (1 - y)),
  siluGrad: float((g, x) => {
    const s = sigmoid(x);
    return g * s * (1 + x * (1 - s));
  }),
  geluGrad: float((g, x) => {
    const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    return g * (0.5 * (1 + erf(x * Math.SQRT1_2)) + x * density);
  }),

  eq: comparison((a, b) => a === b),
  ne: comparison((a, b) => a !== b),
  lt: comparison((a, b) => a < b),
  le: comparison((a, b) => a <= b),
  gt: comparison((a, b) => a > b),
  ge: comparison((a, b) => a >= b),
  isnan: comparison((x) => x !== x),
  isinf: comparison((x) => Math.abs(x) === Infinity),
  isfinite: comparison((x) => Math.abs(x) < Infinity),

  logicalNot: logical((x) => x === 0),
  logicalAnd: logical((a, b) => a !== 0 && b !== 0),
  logicalOr: logical((a, b) => a !== 0 || b !== 0),
  logicalXor: logical((a, b) => a !== b),

  where: choice((condition, a, b) => (condition !== 0 ? a : b)),
} as const satisfies Record<string, ScalarOp>;

export type ScalarName = keyof typeof SCALARS;
