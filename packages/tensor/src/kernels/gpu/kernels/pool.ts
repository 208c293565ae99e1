/** Two-dimensional pooling over planes. */
import type { AvgPoolDims, PoolDims } from '../../dims.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import { kernel, run } from './define.js';

const DIMS = [
  'H',
  'W',
  'outH',
  'outW',
  'kernelH',
  'kernelW',
  'strideH',
  'strideW',
  'padTop',
  'padLeft',
  'dilationH',
  'dilationW',
] as const satisfies readonly (keyof PoolDims)[];

/** The row and the column of the plane under tap (kh, kw) of window (row, column). */
const under = (row: string, column: string) => ({
  y: `(${row} * strideH - padTop + kh * dilationH)`,
  x: `(${column} * strideW - padLeft + kw * dilationW)`,
});

/** Those of the window that element `this.thread.x` of the output belongs to, and where its plane begins. */
const OWN = under('rest(quotient(this.thread.x, outW), outH)', 'rest(this.thread.x, outW)');
const PLANE = '(quotient(this.thread.x, outH * outW) * H * W)';

const isInside = ({ y, x }: typeof OWN) => `${y} >= 0 && ${y} < H && ${x} >= 0 && ${x} < W`;

const overWindow = (body: string) =>
  `for (let kh = 0; kh < kernelH; kh++) { for (let kw = 0; kw < kernelW; kw++) { ${body} } }`;

/** Where the window begins, in its padded plane, that has tap (kh, kw) over element `this.thread.x` of the planes. */
const DOWN = '(rest(quotient(this.thread.x, W), H) + padTop - kh * dilationH)';
const ACROSS = '(rest(this.thread.x, W) + padLeft - kw * dilationW)';

/** That window's place among all. */
const COVERING = `((quotient(this.thread.x, H * W) * outH + quotient(${DOWN}, strideH)) * outW + quotient(${ACROSS}, strideW))`;

const isWindow = (start: string, stride: string, count: string) =>
  `${start} >= 0 && rest(${start}, ${stride}) === 0 && quotient(${start}, ${stride}) < ${count}`;

const overCovering = (body: string) =>
  `for (let kh = 0; kh < kernelH; kh++) {
    if (${isWindow(DOWN, 'strideH', 'outH')}) {
      for (let kw = 0; kw < kernelW; kw++) { if (${isWindow(ACROSS, 'strideW', 'outW')}) { ${body} } }
    }
  }`;

/** Where the largest element under each window lies; the first of equal ones, and of several NaN the last. */
export function maxPool2dIndices(calls: GpuCalls, x: GpuStorage, dims: PoolDims): GpuStorage {
  const callable = kernel('maxPool2dIndices', () => ({
    inputs: ['x'],
    ints: DIMS,
    body: `let largest = 0; let at = -1;
      ${overWindow(`if (${isInside(OWN)}) {
        const value = x[${PLANE} + ${OWN.y} * W + ${OWN.x}];
        if (at < 0 || value > largest || isNaN(value)) { largest = value; at = ${OWN.y} * W + ${OWN.x}; }
      }`)}
      return at;`,
  }));
  const length = dims.planes * dims.outH * dims.outW;
  return run(calls, callable, { x }, scalarsOf(dims), { length, dtype: 'int32' });
}

/** The gradient of the input of max pooling, [planes, H, W]: each element looks which windows over it have it for their largest. */
export function maxPool2dGrad(
  calls: GpuCalls,
  g: GpuStorage,
  indices: GpuStorage,
  dims: PoolDims,
): GpuStorage {
  // The index is read before it is compared: gpu.js takes a comparison that reads at such a place for a float.
  const callable = kernel('maxPool2dGrad', () => ({
    inputs: ['g', 'indices'],
    ints: DIMS,
    body: `let sum = 0;
      ${overCovering(`const at = indices[${COVERING}];
        if (whole(at) === rest(this.thread.x, H * W)) { sum = sum + g[${COVERING}]; }`)}
      return sum;`,
  }));
  const length = dims.planes * dims.H * dims.W;
  return run(calls, callable, { g, indices }, scalarsOf(dims), { length, dtype: g.dtype });
}

/** What the sum of a window is divided by: a number of elements, counted tap by tap, unless the caller names it. */
function divisorOf({ countIncludePad, divisorOverride }: AvgPoolDims, { y, x }: typeof OWN) {
  if (divisorOverride !== null) return { name: 'given divisor', taps: 'false' };
  // The padding behind the plane is as wide as the one before it; a window may hang over that.
  const isPadded = `${y} < H + padTop && ${x} < W + padLeft`;
  return countIncludePad
    ? { name: 'padding counts', taps: isPadded }
    : { name: 'padding does not count', taps: isInside({ y, x }) };
}

/** The mean of each window, [planes, outH, outW]. */
export function avgPool2d(calls: GpuCalls, x: GpuStorage, dims: AvgPoolDims): GpuStorage {
  const { name, taps } = divisorOf(dims, OWN);
  const callable = kernel(`avgPool2d, ${name}`, () => ({
    inputs: ['x'],
    ints: DIMS,
    floats: ['divisor'],
    body: `let sum = 0; let count = divisor;
      ${overWindow(`if (${isInside(OWN)}) { sum = sum + x[${PLANE} + ${OWN.y} * W + ${OWN.x}]; }
        if (${taps}) { count = count + 1; }`)}
      return sum / count;`,
  }));
  const divisor = dims.divisorOverride ?? 0;
  const length = dims.planes * dims.outH * dims.outW;
  return run(calls, callable, { x }, { ...scalarsOf(dims), divisor }, { length, dtype: x.dtype });
}

/** The gradient of the input of avgPool2d, [planes, H, W]: of each window's gradient the share of each element in it. */
export function avgPool2dGrad(calls: GpuCalls, g: GpuStorage, dims: AvgPoolDims): GpuStorage {
  const { name, taps } = divisorOf(dims, OWN);
  const shareOfWindow = kernel(`avgPool2dGrad of windows, ${name}`, () => ({
    inputs: ['g'],
    ints: DIMS,
    floats: ['divisor'],
    body: `let count = divisor; ${overWindow(`if (${taps}) { count = count + 1; }`)} return g[this.thread.x] / count;`,
  }));
  const sumOfShares = kernel('avgPool2dGrad', () => ({
    inputs: ['shares'],
    ints: DIMS,
    body: `let sum = 0; ${overCovering(`sum = sum + shares[${COVERING}];`)} return sum;`,
  }));
  const sizes = scalarsOf(dims);
  const divisor = dims.divisorOverride ?? 0;
  const shares = run(
    calls,
    shareOfWindow,
    { g },
    { ...sizes, divisor },
    { length: g.length, dtype: g.dtype },
  );
  const length = dims.planes * dims.H * dims.W;
  const sum = run(calls, sumOfShares, { shares }, sizes, { length, dtype: g.dtype });
  shares.release();
  return sum;
}

const scalarsOf = (dims: PoolDims) =>
  Object.fromEntries(DIMS.map((name) => [name, dims[name]])) as Readonly<Record<keyof PoolDims, number>>;
