/** The one seam: every op call of every package passes through `dispatch`, where it can be recorded or traced. */
import { backendOf } from './backend.js';
import type { Device } from './device.js';
import { DeviceError } from './errors.js';
import type { Storage } from './kernels/gpu/storage.js';
import type { Attrs, Inputs, Op, OpInput } from './op.js';
import { checkShape } from './shape.js';
import { Tensor, type TensorSpec } from './tensor.js';

/** Sees each call, runs it with `run`, and returns its outputs. Autograd is one. */
export type Recorder = (
  op: Op,
  inputs: readonly Tensor[],
  attrs: Attrs,
  run: (op: Op, inputs: readonly Tensor[], attrs: Attrs) => Tensor[],
) => Tensor[];

let recorder: Recorder | undefined;

/** Puts a recorder in the seam; `undefined` takes it out. Returns the one that was there. */
export function setRecorder(next: Recorder | undefined): Recorder | undefined {
  const previous = recorder;
  recorder = next;
  return previous;
}

/** Calls an op that has several outputs. */
export function dispatchAll<A extends Attrs>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor[] {
  const erased = op as unknown as Op;
  return recorder ? recorder(erased, inputs, attrs, execute) : execute(erased, inputs, attrs);
}

/** Calls an op. */
export function dispatch<A extends Attrs>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor {
  return dispatchAll(op, inputs, attrs)[0] as Tensor;
}

function execute(op: Op, inputs: readonly Tensor[], attrs: Attrs): Tensor[] {
  const device = commonDevice(op.name, inputs);
  const specs = op.infer(inputs as unknown as Inputs<Tensor>, attrs) as Inputs<TensorSpec>;
  for (const { shape } of specs) checkShape(op.name, shape);
  const operands = inputs.map(({ shape, dtype, operand }) => ({ shape, dtype, data: operand }));
  const storages = op.forward(
    backendOf(op.name, device),
    operands as unknown as Inputs<OpInput>,
    attrs,
    specs,
  );
  return specs.map((spec, i) => new Tensor(storages[i] as Storage, spec.shape, spec.dtype));
}

function commonDevice(op: string, inputs: readonly Tensor[]): Device {
  const device = inputs[0]?.device ?? 'cpu';
  const stranger = inputs.find((input) => input.device !== device);
  if (stranger) {
    throw new DeviceError(
      op,
      `inputs are on ${device} and on ${stranger.device}. Move what is on the CPU with to('gpu')`,
    );
  }
  return device;
}
