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

/** A minimax fit of erf(x) / x - 1 in x^2, for x below 1, and one of log(erfc(x)) above; the same as in assembly/math-error.ts. */
const ERF_NEAR = [
  0.12837916612625122, -0.3761262595653534, 0.11283576488493873, -0.026853153482079506, 0.0051866075955331326,
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

export const DIALECT: readonly GpuFunction[] = [
  // NaN if either is.
  define('largest', ['a', 'b'], 'if (isNaN(a)) { return a; } if (isNaN(b)) { return b; } return a > b ? a : b;'),
  define('smallest', ['a', 'b'], 'if (isNaN(a)) { return a; } if (isNaN(b)) { return b; } return a < b ? a : b;'),
  // Towards zero, as C converts to integers; what is not finite becomes 0.
  define(
    'truncated',
    ['x'],
    'if (isNaN(x) || Math.abs(x) === infinity()) { return 0; } return x < 0 ? Math.ceil(x) : Math.floor(x);',
  ),
  define(
    'expm1Of',
    ['x'],
    `if (Math.abs(x) > 0.5) { return Math.exp(x) - 1; } return x * ${polynomial('x', INVERSE_FACTORIALS)};`,
  ),
  // Near 0 as 2 artanh(x / (2 + x)): Abramowitz and Stegun 4.1.27 and 4.6.22.
  define(
    'log1pOf',
    ['x'],
    `if (x < -0.3 || x > 0.45 || isNaN(x)) { return Math.log(1 + x); }
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
     const y = size < 1 ? size + size * ${polynomial('square', ERF_NEAR)} : 1 - Math.exp(${polynomial('far', ERF_FAR)});
     return isNaN(x) ? x : (x < 0 ? -y : y);`,
  ),
  // a ** b: small whole exponents by repeated squaring, which rounds once per factor.
  define(
    'power',
    ['a', 'b'],
    `if (b === 0) { return 1; } if (isNaN(a) || isNaN(b)) { return notANumber(); }
     const isWhole = Math.floor(b) === b;
     const size = Math.abs(b);
     if (isWhole && size <= 64) {
       let result = 1; let square = a; let rest = size;
       for (let i = 0; i < 7; i++) {
         const half = Math.floor(rest * 0.5);
         if (rest - 2 * half > 0.5) { result = result * square; }
         square = square * square;
         rest = half;
       }
       return b < 0 ? 1 / result : result;
     }
     const y = Math.pow(Math.abs(a), b);
     if (a >= 0 || size === infinity()) { return y; }
     if (!isWhole) { return Math.abs(a) === infinity() ? y : notANumber(); }
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
