/** Tests of the switch between plain and relaxed SIMD. */
import { afterEach, expect, it } from '@jest/globals';
import { ArgumentError, cpuInfo, matmul, setBackend, setRelaxedSimd, tensor } from '../../../src/index.js';
import { hasRelaxedSimd } from '../../../src/kernels/wasm/engine.js';
import { restart } from '../../../src/kernels/wasm/machine.js';
import { settings } from '../../../src/kernels/wasm/settings.js';

const before = settings.simd;

afterEach(() => {
  settings.simd = before;
  restart();
});

it('chooses the instructions of products from now on, and says so', () => {
  setBackend('wasm');
  setRelaxedSimd(false);
  expect(cpuInfo()).toMatchObject({ simd: 'plain', reasons: { relaxed: 'plain SIMD was asked for' } });
  // Rounded twice, a product that is rounded to 1 leaves nothing; rounded once, the rest that float32 has no room for. Four apart, both
  // products are in the same of a vector's sums.
  const epsilon = 2 ** -13;
  const product = () =>
    matmul(tensor([[-1, 0, 0, 0, 1 + epsilon, 0, 0, 0]]), tensor([1, 0, 0, 0, 1 - epsilon, 0, 0, 0])).item();
  expect(product()).toBe(0);
  setRelaxedSimd(true);
  expect(cpuInfo().simd).toBe(hasRelaxedSimd() ? 'relaxed' : 'plain');
  expect([0, -(epsilon ** 2)]).toContain(product());
});

it('takes true or false', () => {
  expect(() => setRelaxedSimd('plain' as never)).toThrow(ArgumentError);
});
