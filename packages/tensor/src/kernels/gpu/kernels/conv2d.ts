/** Convolution and its two gradients in gpu.js's dialect: sums over what each element of the output sees. */
import type { Conv2dDims } from '../../dims.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import { kernel, run } from './define.js';

const DIMS = [
  ...['N', 'C', 'H', 'W', 'O', 'KH', 'KW', 'outH', 'outW', 'groups'],
  ...['strideH', 'strideW', 'padTop', 'padLeft', 'dilationH', 'dilationW'],
] as const;

/** Where element `this.thread.x` of an array [.., channels, rows, columns] stands. */
const at = (channels: string, rows: string, columns: string) => ({
  outer: `quotient(this.thread.x, ${channels} * ${rows} * ${columns})`,
  channel: `rest(quotient(this.thread.x, ${rows} * ${columns}), ${channels})`,
  row: `rest(quotient(this.thread.x, ${columns}), ${rows})`,
  column: `rest(this.thread.x, ${columns})`,
});

/** x [N, C, H, W], w [O, C / groups, KH, KW] and perhaps a bias [O] give y [N, O, outH, outW]. */
export function conv2d(
  calls: GpuCalls,
  x: GpuStorage,
  w: GpuStorage,
  dims: Conv2dDims,
  bias?: GpuStorage,
): GpuStorage {
  const { outer: n, channel: o, row, column } = at('O', 'outH', 'outW');
  const y = `(${row} * strideH - padTop + kh * dilationH)`;
  const across = `(${column} * strideW - padLeft + kw * dilationW)`;
  const channel = `(quotient(${o}, quotient(O, groups)) * quotient(C, groups) + c)`;
  const callable = kernel<string, string>(bias ? 'conv2d, bias' : 'conv2d', () => ({
    inputs: ['x', 'w', ...(bias ? ['bias'] : [])],
    ints: DIMS,
    body: `let sum = 0;
      for (let kh = 0; kh < KH; kh++) {
        if (${y} >= 0 && ${y} < H) {
          for (let kw = 0; kw < KW; kw++) {
            if (${across} >= 0 && ${across} < W) {
              for (let c = 0; c < quotient(C, groups); c++) {
                sum = sum + x[((${n} * C + ${channel}) * H + ${y}) * W + ${across}]
                  * w[((${o} * quotient(C, groups) + c) * KH + kh) * KW + kw];
              }
            }
          }
        }
      }
      return sum${bias ? ` + bias[${o}]` : ''};`,
  }));
  const length = dims.N * dims.O * dims.outH * dims.outW;
  return run(calls, callable, { x, w, ...(bias && { bias }) }, scalarsOf(dims), { length, dtype: x.dtype });
}

/** g [N, O, outH, outW] and w [O, C / groups, KH, KW] give the gradient of x, [N, C, H, W]. */
export function conv2dInputGrad(calls: GpuCalls, g: GpuStorage, w: GpuStorage, dims: Conv2dDims): GpuStorage {
  const { outer: n, channel: c, row, column } = at('C', 'H', 'W');
  const down = `(${row} + padTop - kh * dilationH)`;
  const across = `(${column} + padLeft - kw * dilationW)`;
  const output = `(quotient(${c}, quotient(C, groups)) * quotient(O, groups) + o)`;
  const callable = kernel('conv2dInputGrad', () => ({
    inputs: ['g', 'w'],
    ints: DIMS,
    body: `let sum = 0;
      for (let kh = 0; kh < KH; kh++) {
        if (${down} >= 0 && rest(${down}, strideH) === 0 && quotient(${down}, strideH) < outH) {
          const outRow = quotient(${down}, strideH);
          for (let kw = 0; kw < KW; kw++) {
            if (${across} >= 0 && rest(${across}, strideW) === 0 && quotient(${across}, strideW) < outW) {
              const outColumn = quotient(${across}, strideW);
              for (let o = 0; o < quotient(O, groups); o++) {
                sum = sum
                  + g[((${n} * O + ${output}) * outH + whole(outRow)) * outW + whole(outColumn)]
                  * w[((${output} * quotient(C, groups) + rest(${c}, quotient(C, groups))) * KH + kh) * KW + kw];
              }
            }
          }
        }
      }
      return sum;`,
  }));
  const length = dims.N * dims.C * dims.H * dims.W;
  return run(calls, callable, { g, w }, scalarsOf(dims), { length, dtype: g.dtype });
}

/** x [N, C, H, W] and g [N, O, outH, outW] give the gradient of w, [O, C / groups, KH, KW]: first that of each image. */
export function conv2dWeightGrad(
  calls: GpuCalls,
  x: GpuStorage,
  g: GpuStorage,
  dims: Conv2dDims,
): GpuStorage {
  const { outer, channel: c, row: kh, column: kw } = at('quotient(C, groups)', 'KH', 'KW');
  const o = `rest(${outer}, O)`;
  const n = `quotient(${outer}, O)`;
  const y = `(row * strideH - padTop + ${kh} * dilationH)`;
  const across = `(column * strideW - padLeft + ${kw} * dilationW)`;
  const channel = `(quotient(${o}, quotient(O, groups)) * quotient(C, groups) + ${c})`;
  const ofImages = kernel('conv2dWeightGrad of images', () => ({
    inputs: ['x', 'g'],
    ints: DIMS,
    body: `let sum = 0;
      for (let row = 0; row < outH; row++) {
        if (${y} >= 0 && ${y} < H) {
          for (let column = 0; column < outW; column++) {
            const part = x[((${n} * C + ${channel}) * H + ${y}) * W + ${across}]
              * g[((${n} * O + ${o}) * outH + row) * outW + column];
            sum = sum + (${across} >= 0 && ${across} < W ? part : 0);
          }
        }
      }
      return sum;`,
  }));
  const sumOfImages = kernel('conv2dWeightGrad', () => ({
    inputs: ['parts'],
    ints: ['N', 'size'],
    body: `let sum = 0;
      for (let n = 0; n < N; n++) { sum = sum + parts[n * size + this.thread.x]; }
      return sum;`,
  }));
  const { N, O, C, groups, KH, KW } = dims;
  const size = (O * C * KH * KW) / groups;
  const parts = run(calls, ofImages, { x, g }, scalarsOf(dims), { length: N * size, dtype: x.dtype });
  const sum = run(calls, sumOfImages, { parts }, { N, size }, { length: size, dtype: x.dtype });
  parts.release();
  return sum;
}

const scalarsOf = (dims: Conv2dDims): Readonly<Record<string, number>> => ({ ...dims });
