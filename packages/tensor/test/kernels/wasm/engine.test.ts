/** Tests of what is known of the engine, against what it says itself of modules that use these instructions. */
import { expect, it } from '@jest/globals';
import { bytesOf } from '../../../src/kernels/wasm/binary-text.js';
import { hasRelaxedSimd, hasSimd } from '../../../src/kernels/wasm/engine.js';
import { plainProducts, relaxedProducts } from '../../../src/kernels/wasm/generated/binaries.js';

const canCompile = (text: string) => WebAssembly.validate(bytesOf(text));

it('has SIMD where it takes the kernels that need it', () => {
  expect(hasSimd()).toBe(canCompile(plainProducts));
});

it('has relaxed SIMD, switched on where it needs to be, where it takes the kernels that need it', () => {
  expect(hasRelaxedSimd()).toBe(true);
  expect(canCompile(relaxedProducts)).toBe(true);
});
