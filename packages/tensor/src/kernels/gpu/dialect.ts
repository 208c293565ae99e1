/**
 * Functions of float32 that kernels call by name, in gpu.js's dialect. They take the place of what gpu.js makes of Math: that
 * loses digits (`Math.expm1` becomes exp(x) - 1) or leaves NaN, infinities and negative bases to the shader compiler.
 */
import { SCALAR_HELPERS } from './generated/scalars.js';
import type { GpuFunction } from './machine.js';

/** sum of coefficients[i] x^i, evaluated from the tail. */
function polynomial(x: string, coefficients: readonly number[]): string {
  return coefficients.reduceRight((tail, c) => (tail === '' ? `${c}` : `(${c} + ${x} * ${tail})`), '');
}

/** 1, 1/2!, 1/3!, ... */
const INVERSE_FACTORIALS = [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320];

/** 1, 1/3, 1/5, ... */
const INVERSE_ODDS = [1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11];

/** The series of (sin(x) / x - 1) / x^2 and of (cos(x) - 1) / x^2, in x^2. */
const SINE = [-1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800];
const COSINE = [-1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800, 1 / 479001600];

/** A minimax fit of erf(x) / x - 1 in x^2, for x below 1, and one of log(erfc(x)) above; the same as in assembly/math-error.ts. */
const ERF_NEAR = [
  0.12837916612625122, -0.3761262595653534, 0.11283576488493872, -0.026853153482079506, 0.0051866075955331326,
  -0.0007991410093382001, 7.780701707815751e-5,
];
const ERF_FAR = [
  0.00018846854800358415, -1.1295802593231201, -0.6332166194915771, -0.10842172056436539,
  0.025210006162524223, -0.004205124918371439, 0.0004414333088789135, -2.1693749658879824e-5,
];

const define = (name: string, parameters: readonly string[], body: string): GpuFunction => ({
  name,
  parameters,
  source: `function ${name}(${parameters.join(', ')}) { ${body} }`,
});

const DIALECT: readonly GpuFunction[] = [
  // NaN if either is.
  define(
    'largest',
    ['a', 'b'],
    'if (isNaN(a)) { return a; } if (isNaN(b)) { return b; } return a > b ? a : b;',
  ),
  define(
    'smallest',
    ['a', 'b'],
    'if (isNaN(a)) { return a; } if (isNaN(b)) { return b; } return a < b ? a : b;',
  ),
  // e^x: of x = n log(2) + r, the power of 2 by its bits, in two halves, and e^r by its series.
  define(
    'expOf',
    ['x'],
    `if (isNaN(x)) { return x; } if (x > 88.8) { return infinity(); } if (x < -104) { return 0; }
     const n = nearest(x * 1.4426950408889634);
     const r = (x - n * 0.693145751953125) - n * 1.428606765330187e-6;
     const y = 1 + r * ${polynomial('r', INVERSE_FACTORIALS.slice(0, 7))};
     return y * powerOf2(quotient(whole(n), 2)) * powerOf2(whole(n) - quotient(whole(n), 2));`,
  ),
  // log(x): of x = 2^n m with m near 1, by 2 artanh((m - 1) / (m + 1)). What is below 2^-100 is scaled up first.
  define(
    'logOf',
    ['x'],
    `if (isNaN(x) || x < 0) { return notANumber(); }
     if (x === 0) { return -infinity(); } if (x === infinity()) { return x; }
     const scaled = x < 7.888609052210118e-31 ? x * 1.2676506002282294e30 : x * 0.5;
     const m = scaled * powerOf2(-exponentOf(scaled));
     const s = m > 1.4142135 ? (m * 0.5 - 1) / (m * 0.5 + 1) : (m - 1) / (m + 1);
     const t = s * s;
     let n = 0; n = exponentOf(scaled);
     if (m > 1.4142135) { n = n + 1; }
     n = n + (x < 7.888609052210118e-31 ? -100 : 1);
     return n * 0.693145751953125 + (n * 1.428606765330187e-6 + 2 * s * ${polynomial('t', INVERSE_ODDS)});`,
  ),
  // sin(x + quarter pi / 2): Cody and Waite's reduction by pi / 2 in three parts, exact for |x| up to 10^5 (beyond, the turns
  // are counted by float32's 2 pi: two digits are left there, and none beyond 10^7), and the series.
  define(
    'sineOf',
    ['x', 'quarter'],
    `if (isNaN(x) || Math.abs(x) === infinity()) { return notANumber(); }
     const near = Math.abs(x) > 100000 ? truncatedRest(x, 6.2831855) : x;
     const n = nearest(near * 0.6366197723675814);
     const r = ((near - n * 1.5703125) - n * 4.8351287841796875e-4) - n * 3.1385570764541626e-7;
     const t = r * r; const turn = n + quarter; const half = Math.floor(turn * 0.5);
     const y = turn - 2 * half > 0.5 ? 1 + t * ${polynomial('t', COSINE)} : r + r * t * ${polynomial('t', SINE)};
     return half - 2 * Math.floor(half * 0.5) > 0.5 ? -y : y;`,
  ),
  define('sinOf', ['x'], 'return sineOf(x, 0);'),
  define('cosOf', ['x'], 'return sineOf(x, 1);'),
  define('tanOf', ['x'], 'return sineOf(x, 0) / sineOf(x, 1);'),
  // Towards zero, as C converts to integers; what is not finite becomes 0.
  define(
    'truncated',
    ['x'],
    'if (isNaN(x) || Math.abs(x) === infinity()) { return 0; } return x < 0 ? Math.ceil(x) : Math.floor(x);',
  ),
  define(
    'expm1Of',
    ['x'],
    `if (Math.abs(x) > 0.5) { return expOf(x) - 1; } return x * ${polynomial('x', INVERSE_FACTORIALS)};`,
  ),
  // Near 0 as 2 artanh(x / (2 + x)): Abramowitz and Stegun 4.1.27 and 4.6.22.
  define(
    'log1pOf',
    ['x'],
    `if (x < -0.3 || x > 0.45 || isNaN(x)) { return logOf(1 + x); }
     const s = x / (2 + x); const t = s * s; return 2 * s * ${polynomial('t', INVERSE_ODDS)};`,
  ),
  // By e^-2|x|, which never overflows.
  define(
    'tanhOf',
    ['x'],
    'const t = expm1Of(-2 * Math.abs(x)); const y = -t / (2 + t); return x < 0 ? -y : y;',
  ),
  define(
    'erfOf',
    ['x'],
    `const size = Math.abs(x); const square = size * size; const far = size > 4 ? 4 : size;
     const y = size < 1 ? size + size * ${polynomial('square', ERF_NEAR)} : 1 - expOf(${polynomial('far', ERF_FAR)});
     return isNaN(x) ? x : (x < 0 ? -y : y);`,
  ),
  // a ** b: small whole exponents by repeated squaring, which rounds once per factor.
  define(
    'power',
    ['a', 'b'],
    `if (b === 0) { return 1; } if (isNaN(a) || isNaN(b)) { return notANumber(); }
     const size = Math.abs(b);
     if (Math.floor(b) === b && size <= 64) {
       let result = 1; let square = a; let rest = size;
       for (let i = 0; i < 7; i++) {
         const half = Math.floor(rest * 0.5);
         if (rest - 2 * half > 0.5) { result = result * square; }
         square = square * square;
         rest = half;
       }
       return b < 0 ? 1 / result : result;
     }
     const y = expOf(b * logOf(Math.abs(a)));
     if (a >= 0 || size === infinity()) { return y; }
     if (Math.floor(b) !== b) { return Math.abs(a) === infinity() ? y : notANumber(); }
     return Math.abs(b - 2 * Math.floor(b * 0.5)) === 1 ? -y : y;`,
  ),
  // a % b, exact: subtracts the largest b 2^n that fits, which rounds nothing, until none does.
  define(
    'truncatedRest',
    ['a', 'b'],
    `const divisor = Math.abs(b); let rest = Math.abs(a);
     if (isNaN(a) || isNaN(b) || rest === infinity() || divisor === 0) { return notANumber(); }
     if (divisor === infinity()) { return a; }
     for (let i = 0; i < 256; i++) {
       if (rest < divisor) { break; }
       let part = divisor * powerOf2(quotient(exponentOf(rest) - exponentOf(divisor), 2));
       part = part * powerOf2(exponentOf(rest) - exponentOf(part));
       if (part > rest) { part = part * 0.5; }
       rest = rest - part;
     }
     return a < 0 ? -rest : rest;`,
  ),
];

const BY_NAME = new Map([...DIALECT, ...SCALAR_HELPERS].map((each) => [each.name, each]));

/** The functions of the dialect that a text calls, and those that these call. */
export function functionsIn(source: string): GpuFunction[] {
  const found = new Map<string, GpuFunction>();
  const visit = (text: string) => {
    for (const [name, called] of BY_NAME) {
      if (found.has(name) || !new RegExp(`\\b${name}\\(`).test(text)) continue;
      found.set(name, called);
      visit(called.source.slice(called.source.indexOf('{')));
    }
  };
  visit(source);
  return [...found.values()];
}
