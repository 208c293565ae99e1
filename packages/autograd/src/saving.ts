/** How values of the forward pass are saved until the backward pass reads them. */
import { formatShape, GradientError, HollowTensor, type Tensor } from '@lowrank/tensor';
import { Setting } from './setting.js';

/** An input or output of a recorded call. */
export interface Value {
  readonly tensor: Tensor;
  /** The name of the op. */
  readonly op: string;
  /** What messages call the value, `input 0`. */
  readonly name: string;
  /** Whether the op's gradient rule reads the value, and not just its shape and dtype. */
  readonly isRead: boolean;
}

/** Saves a value. The function it returns gives it back: a hollow tensor where the value is not to be had any more. */
export type Saver = (value: Value) => () => Tensor;

/** The saver of the calls that are being recorded; `checkpoint` puts one of its own in its place. */
export const saver = new Setting<Saver>(keep);

/** Holds on to the tensors that are read, and notices when one has been overwritten by the time it is. */
function keep(value: Value): () => Tensor {
  if (!value.isRead) return unread(value);
  const { tensor, op } = value;
  const { version } = tensor;
  return () =>
    tensor.version === version ? tensor : new HollowTensor(tensor, () => overwritten(op, tensor, version));
}

/** Saves of a value that is not read no more than its shape and dtype. */
export function unread({ tensor, op, name }: Value): () => Tensor {
  const { shape, dtype, device } = tensor;
  const reason = () => new GradientError(op, `its gradient rule reads ${name}, which the rule does not keep`);
  return () => new HollowTensor({ shape, dtype, device }, reason);
}

/** The error for a tensor that is no longer what it was at `version`. */
export function overwritten(op: string, { shape, version: current }: Tensor, version: number): GradientError {
  return new GradientError(
    'backward',
    `${op} needs a tensor of shape ${formatShape(shape)} as it was in the forward pass, but assign() has ` +
      `replaced its value since (version ${current}, recorded at ${version}). ` +
      'Run backward before the optimiser step, or compute the forward pass again',
  );
}
