/** Runs plans on a GPU. */
import type { WgslCall, WgslKernel } from '../machine.js';
import type { Plan, Source, Step } from './program.js';

/** What plans need of a GPU whose memory comes in pieces of type S. */
export interface WgslCalls<S> {
  readonly put: (values: Float32Array) => S;
  readonly runWgsl: (kernel: WgslKernel, call: WgslCall<S>) => S;
  readonly release: (piece: S) => void;
}

/** Texts are written once for each key. */
const kernels = new Map<string, WgslKernel>();

function kernelOf({ key, code }: Step): WgslKernel {
  const known = kernels.get(key);
  if (known !== undefined) return known;
  const kernel = { name: key, code: code() };
  kernels.set(key, kernel);
  return kernel;
}

/** Queues the steps of a plan and returns the last one's output. What only they need is given back. */
export function runPlan<S>(calls: WgslCalls<S>, plan: Plan, operands: readonly S[]): S {
  let output: S | undefined;
  for (const step of plan) {
    const used: S[] = output === undefined ? [] : [output];
    const find = (source: Source): S => {
      if (source === 'previous') return output as S;
      if (typeof source === 'number') return operands[source];
      // Its bits are moved, and never read as floats.
      const table = calls.put(new Float32Array(source.buffer));
      used.push(table);
      return table;
    };
    output = calls.runWgsl(kernelOf(step), {
      inputs: step.inputs.map(find),
      parameters: uniformOf(step.params),
      workgroups: [...step.workgroups, 1],
      length: step.length,
    });
    used.forEach(calls.release);
  }
  return output as S;
}

/** A uniform is a multiple of 16 bytes long. */
function uniformOf(params: readonly number[]): ArrayBuffer {
  const numbers = new Uint32Array(4 * Math.ceil(params.length / 4));
  numbers.set(params);
  return numbers.buffer;
}
