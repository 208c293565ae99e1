/** Elementwise functions, sums and normalisations as plain loops over numbers. */

// Looked up once: each look at a global is slow where tests run.
const { exp, max, PI, sqrt, tanh } = Math;

type Numbers = ArrayLike<number>;

export function loopRelu(x: Numbers): Float32Array {
  const output = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) output[i] = max(0, x[i]!);
  return output;
}

export function loopAdd(a: Numbers, b: Numbers): Float32Array {
  const output = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) output[i] = a[i]! + b[i]!;
  return output;
}

export function loopExp(x: Numbers): Float32Array {
  const output = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) output[i] = exp(x[i]!);
  return output;
}

export function loopTanh(x: Numbers): Float32Array {
  const output = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) output[i] = tanh(x[i]!);
  return output;
}

/** The approximation by tanh of Hendrycks and Gimpel (2016): JavaScript has no error function. */
export function loopGelu(x: Numbers): Float32Array {
  const output = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    const inner = sqrt(2 / PI) * (value + 0.044715 * value ** 3);
    output[i] = 0.5 * value * (1 + tanh(inner));
  }
  return output;
}

export function loopSum(x: Numbers): Float32Array {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]!;
  return Float32Array.of(sum);
}

/** Of each row of `columns` values. */
export function loopSoftmax(x: Numbers, columns: number): Float32Array {
  const output = new Float32Array(x.length);
  for (let row = 0; row < x.length; row += columns) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = row; i < row + columns; i++) largest = max(largest, x[i]!);
    let sum = 0;
    for (let i = row; i < row + columns; i++) {
      output[i] = exp(x[i]! - largest);
      sum += output[i]!;
    }
    for (let i = row; i < row + columns; i++) output[i]! /= sum;
  }
  return output;
}

/** Brings each row of `columns` values to mean 0 and variance 1. */
export function loopLayerNorm(x: Numbers, columns: number, eps = 1e-5): Float32Array {
  const output = new Float32Array(x.length);
  for (let row = 0; row < x.length; row += columns) {
    let mean = 0;
    for (let i = row; i < row + columns; i++) mean += x[i]! / columns;
    let variance = 0;
    for (let i = row; i < row + columns; i++) variance += (x[i]! - mean) ** 2 / columns;
    const scale = 1 / sqrt(variance + eps);
    for (let i = row; i < row + columns; i++) output[i] = (x[i]! - mean) * scale;
  }
  return output;
}
