/** What functions of tensors refuse in the place of their options. */
import { describe, expect, it } from '@jest/globals';
import * as lr from '../src/index.js';

const { ArgumentError, ones } = lr;
const x = ones([3, 3]);
const image = ones([1, 1, 4, 4]);

const CALLS: Readonly<Record<string, (options: never) => unknown>> = {
  argmax: (options) => lr.argmax(x, 0, options),
  argsort: (options) => lr.argsort(x, 0, options),
  avgPool2d: (options) => lr.avgPool2d(image, 2, options),
  conv2d: (options) => lr.conv2d(image, image, options),
  gelu: (options) => lr.gelu(x, options),
  layerNorm: (options) => lr.layerNorm(x, [3], options),
  linear: (options) => lr.linear(x, x, options),
  logsumexp: (options) => lr.logsumexp(x, 0, options),
  matmul: (options) => lr.matmul(x, x, options),
  matrixRank: (options) => lr.matrixRank(x, options),
  max: (options) => lr.max(x, 0, options),
  maxPool2d: (options) => lr.maxPool2d(image, 2, options),
  mean: (options) => lr.mean(x, 0, options),
  norm: (options) => lr.norm(x, 0, options),
  pad: (options) => lr.pad(x, [1, 1], options),
  softplus: (options) => lr.softplus(x, options),
  solveTriangular: (options) => lr.solveTriangular(x, x, options),
  sort: (options) => lr.sort(x, 0, options),
  std: (options) => lr.std(x, 0, options),
  sum: (options) => lr.sum(x, 0, options),
  topk: (options) => lr.topk(x, 2, options),
  variance: (options) => lr.variance(x, 0, options),
};

describe.each(Object.entries(CALLS))('%s', (name, call) => {
  it.each([[null], [true], [[1]], [x]])('refuses %p for its options', (options) => {
    expect(() => call(options as never)).toThrow(ArgumentError);
    expect(() => call(options as never)).toThrow(
      `${name}: takes its options as an object, { name: value }, got`,
    );
  });

  it('refuses an option that there is not, and names those that there are', () => {
    expect(() => call({ misspelt: 1 } as never)).toThrow(ArgumentError);
    expect(() => call({ misspelt: 1 } as never)).toThrow(`${name}: there is no option misspelt; there are `);
  });
});

it('an error lists all options of a call', () => {
  expect(() => lr.linear(x, x, { biass: ones([3]) } as never)).toThrow(
    'linear: there is no option biass; there are bias',
  );
  expect(() => lr.variance(x, 0, { unbiased: false } as never)).toThrow(
    'variance: there is no option unbiased; there are keepdim, correction',
  );
});
