/**
 * The error function, 2 / sqrt(pi) times the integral from 0 to x of exp(-t^2) dt, with the rounding of the C library that PyTorch
 * calls: the approximations of fdlibm (Sun Microsystems, 1993), coefficients included, evaluated step by step in float32 or in
 * float64. PyTorch's `erfinv` is made of these last bits.
 */

import { type Arithmetic, FLOAT32, FLOAT64, polynomial } from './arithmetic.js';

// All coefficients stand from the highest power down.
const NEAR_ZERO = {
  numerator: [
    -2.3763016656650163e-5, -5.770270296489442e-3, -2.848174957559851e-2, -0.3250421072470015,
    0.12837916709551256,
  ],
  denominator: [
    -3.960228278775368e-6, 1.3249473800432164e-4, 5.081306281875766e-3, 6.50222499887673e-2,
    0.39791722395915535, 1,
  ],
};
const NEAR_ONE = {
  numerator: [
    -2.166375594868791e-3, 3.5478304325618236e-2, -0.11089469428239668, 0.31834661990116175,
    -0.3722078760357013, 0.41485611868374833, -2.3621185607526594e-3,
  ],
  denominator: [
    1.1984499846799107e-2, 1.363708391202905e-2, 0.12617121980876164, 7.182865441419627e-2, 0.540397917702171,
    0.10642088040084423, 1,
  ],
};
const MIDDLE = {
  numerator: [
    -9.814329344169145, -8.12874355063066e1, -1.8460509290671104e2, -1.6239666946257347e2,
    -6.2375332450326006e1, -1.0558626225323291e1, -0.6938585727071818, -9.864944034847148e-3,
  ],
  denominator: [
    -6.04244152148581e-2, 6.570249770319282, 1.0863500554177944e2, 4.2900814002756783e2, 6.453872717332679e2,
    4.3456587747522923e2, 1.3765775414351904e2, 1.9651271667439257e1, 1,
  ],
};
const FAR = {
  numerator: [
    -4.835191916086514e2, -1.0250951316110772e3, -6.375664433683896e2, -1.6063638485582192e2,
    -1.7757954917754752e1, -0.799283237680523, -9.8649429247001e-3,
  ],
  denominator: [
    -2.244095244658582e1, 4.7452854120695537e2, 2.5530504064331644e3, 3.1998582195085955e3,
    1.536729586084437e3, 3.257925129965739e2, 3.033806074348246e1, 1,
  ],
};

/** erf(1) in so few bits that float32 holds it. */
const ERF_ONE = 0.8450629115104675;

/** erf(x) to the nearest float32, or next to it. */
export const erfFloat32 = fdlibmErf(FLOAT32);

/** erf(x) to the nearest float64, or next to it. */
export const erf = fdlibmErf(FLOAT64);

/** Builds erf for one floating-point format; multiplications and additions are rounded each, none is fused. */
function fdlibmErf({ round, shortened }: Arithmetic): (x: number) => number {
  const unfused = { round, fma: (a: number, b: number, c: number) => round(round(a * b) + c) };
  const quotient = ({ numerator, denominator }: typeof FAR) => {
    const [top, bottom] = [polynomial(numerator, unfused), polynomial(denominator, unfused)];
    return (x: number) => round(top(x) / bottom(x));
  };
  const [nearZero, nearOne, middle, far] = [NEAR_ZERO, NEAR_ONE, MIDDLE, FAR].map(quotient) as Quotients;
  const exp = (x: number) => round(Math.exp(round(x)));

  /** exp(-x^2 + quotient) / x, the square in two parts, of which the larger is exact. */
  const complement = (x: number) => {
    const exponent = (x < 1 / 0.35 ? middle : far)(round(1 / round(x * x)));
    const z = shortened(x);
    const rest = round(round(z - x) * round(z + x));
    return round(round(exp(round(-z * z) - 0.5625) * exp(rest + exponent)) / x);
  };
  const positive = (x: number) => {
    if (x < 0.84375) return round(x + round(x * nearZero(round(x * x))));
    if (x < 1.25) return round(ERF_ONE + nearOne(round(x - 1)));
    return x < 6 ? round(1 - complement(x)) : 1;
  };
  return (x) => (Number.isNaN(x) ? x : Math.sign(x) * positive(Math.abs(x)));
}

type Quotients = [nearZero: Quotient, nearOne: Quotient, middle: Quotient, far: Quotient];
type Quotient = (x: number) => number;
