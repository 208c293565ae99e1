/** What is refused in the place of options. */
import { expect, it } from '@jest/globals';
import { ArgumentError, tensor } from '@lowrank/tensor';
import { backward, defineFunction, grad, gradcheck, gradgradcheck } from '../src/index.js';

const x = tensor([1, 2], { dtype: 'float64', requiresGrad: true });
const square = () => x.square().sum();

it.each<[string, (options: never) => unknown]>([
  ['backward', (options) => backward(square(), undefined, options)],
  ['grad', (options) => grad(square(), [x], options)],
  ['gradcheck', (options) => gradcheck((a) => a.square(), [x], options)],
  ['gradgradcheck', (options) => gradgradcheck((a) => a.square(), [x], options)],
  ['defineFunction', (options) => defineFunction(options)],
])('%s refuses anything but an object', (name, call) => {
  for (const options of [null, true, [true], x]) {
    expect(() => call(options as never)).toThrow(ArgumentError);
    expect(() => call(options as never)).toThrow(
      `${name}: takes its options as an object, { name: value }, got`,
    );
  }
  expect(x.grad).toBeNull();
});
