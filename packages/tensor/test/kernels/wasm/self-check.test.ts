/** Tests of the wide pass's self-check: that it looks at every kernel, and what happens when one is broken. */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cpuInfo, setBackend, setWideSimd } from '../../../src/index.js';
import type { MatmulDims } from '../../../src/kernels/dims.js';
import { referenceKernels } from '../../../src/kernels/reference/index.js';
import { bytesOf } from '../../../src/kernels/wasm/binary-text.js';
import { general, plainProducts } from '../../../src/kernels/wasm/generated/binaries.js';
import { wasmKernels } from '../../../src/kernels/wasm/index.js';
import { Machine, restart, theMachine, withMachine } from '../../../src/kernels/wasm/machine.js';
import {
  type Case,
  type Checks,
  ensureSound,
  tryOut,
  useChecks,
} from '../../../src/kernels/wasm/self-check.js';
import { CASES, NARROW } from '../../../src/kernels/wasm/self-check-cases.js';
import { wholeNumbers } from '../values.js';

const CHECKS: Checks = { cases: CASES, narrow: NARROW, wasm: wasmKernels, reference: referenceKernels };

beforeAll(() => setBackend('wasm'));

afterEach(() => {
  useChecks(CHECKS);
  setWideSimd(false);
});

const { simd } = theMachine() as Machine;

/** Plain and relaxed products are made of the same kernels. */
const kernelNames = [general, plainProducts]
  .flatMap((text) => WebAssembly.Module.exports(new WebAssembly.Module(bytesOf(text))))
  .map(({ name }) => name)
  .filter((name) => name !== 'useScratch');

/** A machine for the wide pass, which computes right where there is none. */
const wideMachine = () => new Machine(simd, true, 1);

const DIMS: MatmulDims = {
  M: 40,
  N: 50,
  K: 30,
  transposeA: false,
  transposeB: false,
  offsetsA: [0],
  offsetsB: [0],
};
const a = wholeNumbers(Float32Array, 40 * 30, 1);
const b = wholeNumbers(Float32Array, 30 * 50, 2);
const product = () => wasmKernels.matmul(a, b, DIMS);
const expected = referenceKernels.matmul(a, b, DIMS);

/** The checks, but for one kernel whose wasm results are `fault` of what they should be. */
function withFault(
  kernel: string,
  fault: (results: readonly ArrayLike<number>[]) => ReturnType<Case>,
): Checks {
  const run = CASES[kernel];
  const faulty: Case = (kernels) => (kernels === wasmKernels ? fault(run(kernels)) : run(kernels));
  return { ...CHECKS, cases: { ...CASES, [kernel]: faulty } };
}

describe('the self-check', () => {
  const machine = wideMachine();

  it.each(kernelNames)('runs %s, and finds nothing wrong with it', (kernel) => {
    const isWide = !NARROW.some((name) => name === kernel);
    const used = tryOut(machine, () => CASES[kernel](wasmKernels), isWide)?.used ?? [];
    expect([...used]).toContain(kernel);
    expect([...used].filter((name) => isWide && NARROW.some((narrow) => narrow === name))).toEqual([]);
    ensureSound(machine, kernel);
    expect(machine.sound).toContain(kernel);
  });

  it.each(kernelNames)('notices one wrong value in a result of %s', (kernel) => {
    useChecks(
      withFault(kernel, ([...results]) => {
        const wrong = Array.from(results.pop() as ArrayLike<number>);
        const at = wrong.findLastIndex((value) => Math.abs(value) < 1e6);
        wrong[at] += wrong[at] > 0 ? -1 : 1;
        return [...results, wrong];
      }),
    );
    expect(() => ensureSound(wideMachine(), kernel)).toThrow(expect.objectContaining({ kernel }));
  });

  it('notices a result that is missing or too short', () => {
    useChecks(withFault('exp', (results) => results.slice(1)));
    expect(() => ensureSound(wideMachine(), 'exp')).toThrow();
    useChecks(withFault('exp', ([first, ...others]) => [Array.from(first).slice(1), ...others]));
    expect(() => ensureSound(wideMachine(), 'exp')).toThrow();
  });

  it('notices a kernel that fails', () => {
    useChecks(
      withFault('exp', () => {
        throw new RangeError('out of bounds');
      }),
    );
    expect(() => ensureSound(wideMachine(), 'exp')).toThrow(expect.objectContaining({ kernel: 'exp' }));
  });

  it('looks at a kernel once', () => {
    let times = 0;
    useChecks(
      withFault('exp', (results) => {
        times++;
        return results;
      }),
    );
    const machine = wideMachine();
    for (let i = 0; i < 3; i++) ensureSound(machine, 'exp');
    expect(times).toBe(1);
  });

  it('takes no memory of the machine that is amid a call', () => {
    const machine = wideMachine();
    const { residency } = machine;
    const before = residency.allocate(64) as number;
    ensureSound(machine, 'matmulTiles');
    expect(residency.allocate(64)).toBe(before + 64);
    expect(residency.bytes).toBe(0);
  });
});

describe('a machine for the wide pass', () => {
  it('computes as the reference does', () => {
    expect(withMachine(wideMachine(), product)).toEqual(expected);
  });

  it('is given up for a narrow one when a kernel is broken, and the result is right even so', () => {
    setWideSimd(true);
    useChecks(withFault('matmulTiles', (results) => results.map((values) => Array.from(values).reverse())));
    const machine = wideMachine();
    withMachine(machine, () => {
      expect(cpuInfo()).toMatchObject({ wide: true, tile: '6x16' });
      expect(product()).toEqual(expected);
      expect(cpuInfo()).toMatchObject({ wide: false, tile: '4x8' });
      expect(cpuInfo().reasons.wide).toBe(
        "the kernel matmulTiles, compiled with the wide pass, differs from the reference backend's",
      );
    });
    // It holds for the rest of the process: what was broken once is not tried again.
    restart();
    setWideSimd(true);
    expect(cpuInfo().wide).toBe(false);
    expect(cpuInfo().reasons.wide).toMatch('the kernel matmulTiles');
  });
});
