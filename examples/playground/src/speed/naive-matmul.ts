/** The product of two square matrices as a textbook writes it: three loops. */

/** a [n, n] times b [n, n], element by element. */
export function naiveMatmul(a: Float32Array, b: Float32Array, n: number): Float32Array {
  const output = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += (a[i * n + k] as number) * (b[k * n + j] as number);
      output[i * n + j] = sum;
    }
  }
  return output;
}
