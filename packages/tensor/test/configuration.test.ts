/** Tests that what the environment asks for is what computes: nothing may fall back in silence. */
import { expect, it } from '@jest/globals';
import { backendOf } from '../src/backend.js';
import {
  type CpuInfo,
  cpuInfo,
  type Kernels,
  matmul,
  rand,
  relu,
  softmax,
  type TypedArray,
} from '../src/index.js';
import { CASES } from '../src/kernels/wasm/self-check-cases.js';

/** What the run was started to test, from tools/test-matrix.mjs. */
const expected: Partial<CpuInfo> = JSON.parse(process.env.LOWRANK_EXPECTED ?? '{}');

it('computes with the kernels, instructions and threads that were asked for', () => {
  expect(cpuInfo()).toMatchObject(expected);
});

it('still does so after large matrices, and after all kernels, each of which the wide pass might have broken', () => {
  const [a, b] = [rand([700, 700]), rand([700, 700])];
  for (let i = 0; i < 10; i++) softmax(relu(matmul(a, b)), 1).sum();
  const cpu = backendOf('configuration', 'cpu') as unknown as Kernels<TypedArray>;
  for (const run of Object.values(CASES)) run(cpu);
  expect(cpuInfo()).toMatchObject(expected);
});

it('tells why something is not in use', () => {
  const { simd, wide, threads, reasons } = cpuInfo();
  expect('wasm' in reasons).toBe(simd === 'none');
  if (simd === 'plain') expect(reasons).toHaveProperty('relaxed');
  if (simd !== 'none' && !wide) expect(reasons).toHaveProperty('wide');
  if (simd !== 'none' && threads === 1) expect(reasons).toHaveProperty('threads');
});
