/** Runs plans on a machine. */
import type { GpuBuffer, GpuMachine, WgslKernel } from '../machine.js';
import type { Plan, Source, Step } from './program.js';

/** Texts are written once for each key. */
const kernels = new Map<string, WgslKernel>();

function kernelOf({ key, code, features }: Step): WgslKernel {
  const known = kernels.get(key);
  if (known !== undefined) return known;
  const kernel = { name: key, code: code(), features };
  kernels.set(key, kernel);
  return kernel;
}

/** What can run kernels in WGSL. */
export type WgslMachine = Pick<GpuMachine, 'upload' | 'free'> & Required<Pick<GpuMachine, 'runWgsl'>>;

/** Queues the steps of a plan and returns the last one's output. What only they need is given back. */
export function runPlan(machine: WgslMachine, plan: Plan, operands: readonly GpuBuffer[]): GpuBuffer {
  let output: GpuBuffer | undefined;
  for (const step of plan) {
    const tables: GpuBuffer[] = [];
    const find = (source: Source): GpuBuffer => {
      if (source === 'previous') return output!;
      if (typeof source === 'number') return operands[source];
      // Its bits are moved, never read as floats.
      tables.push(machine.upload(new Float32Array(source.buffer)));
      return tables.at(-1)!;
    };
    const previous = output;
    output = machine.runWgsl(kernelOf(step), {
      inputs: step.inputs.map(find),
      parameters: uniformOf(step.params),
      workgroups: [...step.workgroups, 1],
      length: step.length,
    });
    for (const buffer of [previous, ...tables]) if (buffer !== undefined) machine.free(buffer);
  }
  return output!;
}

/** Uniforms are multiples of 16 bytes. */
function uniformOf(params: readonly number[]): ArrayBuffer {
  const numbers = new Uint32Array(4 * Math.ceil(params.length / 4));
  numbers.set(params);
  return numbers.buffer;
}
