/** Runs plans of hand-written kernels on WebGPU by Dawn, without the device `gpu` around them. */
import { afterAll, describe } from '@jest/globals';
import type { GpuBuffer, GpuMachine } from '../../../src/kernels/gpu/machine.js';
import type { Gpu } from '../../../src/kernels/gpu/webgpu/api.js';
import { openWebGpu } from '../../../src/kernels/gpu/webgpu/machine.js';
import type { Plan } from '../../../src/kernels/gpu/wgsl/program.js';
import { runPlan, type WgslCalls } from '../../../src/kernels/gpu/wgsl/run.js';

/**
 * Shared memory is not zeroed: SwiftShader would compile that for seconds, and it would hide that a kernel reads what nobody has
 * written.
 */
const TOGGLES = ['enable-dawn-features=disable_workgroup_init'];

/** Computes a plan's result. */
export type RunOnDawn = (plan: Plan, operands: readonly Float32Array[]) => Promise<Float32Array>;

/** A WebGPU machine, or why there is none. */
async function open() {
  try {
    const { create } = await import('webgpu');
    // No kernel of these tests is translated by gpu.js.
    return await openWebGpu(create(TOGGLES) as unknown as Gpu, undefined as never);
  } catch (cause) {
    return (cause as Error).message;
  }
}

const opened = await open();

/** Tests of kernels; where there is no adapter they are reported as skipped, with the reason. */
export function onDawn(what: string, tests: (run: RunOnDawn, features: readonly string[]) => void): void {
  if (typeof opened === 'string') {
    const reason = `there is no WebGPU: ${opened}. apt-get install chromium libvulkan1`;
    describe.skip(`${what} (${reason})`, () => tests(() => Promise.reject(new Error(reason)), []));
  } else describe(what, () => withMachine(opened, tests));
}

function withMachine(machine: GpuMachine, tests: Parameters<typeof onDawn>[1]): void {
  const calls: WgslCalls<GpuBuffer> = {
    put: (values) => machine.upload(values),
    runWgsl: (kernel, call) => machine.runWgsl!(kernel, call),
    release: (buffer) => machine.free(buffer),
  };
  // Without this the process would not end.
  afterAll(() => machine.destroy());
  tests((plan, operands) => {
    const output = runPlan(calls, plan, operands.map(calls.put));
    return machine.read(output);
  }, machine.info.features);
}
