/** What gradient rules are checked on: a function, and the float64 tensors that it is called with. */
import type { Differentiable, GradcheckOptions } from '@lowrank/autograd';
import { fromTypedArray, type Shape, type Tensor, tensor } from '@lowrank/tensor';

export interface Sample {
  readonly about: string;
  readonly f: Differentiable;
  readonly inputs: readonly Tensor[];
  readonly options?: GradcheckOptions;
}

/** By the name of the op that each of the samples calls, or of a function that is composed of ops. */
export type Samples = Readonly<Record<string, readonly Sample[]>>;

export interface Spread {
  readonly low?: number;
  readonly high?: number;
  /** Leaves with different seeds hold different values in a different order. */
  readonly seed?: number;
}

/** A leaf whose values lie evenly between `low` and `high`, in a mixed order: none twice, and none at a round number. */
export function leaf(shape: Shape, { low = -2, high = 2, seed = 0 }: Spread = {}): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const place = (i: number) => (((i * 7919 + 3 * seed) % size) + 0.37 + 0.02 * seed) / size;
  const values = Float64Array.from({ length: size }, (_, i) => low + (high - low) * place(i));
  return fromTypedArray(values, shape, { requiresGrad: true });
}

/** A leaf of these values. */
export function leafOf(values: Parameters<typeof tensor>[0]): Tensor {
  return tensor(values, { dtype: 'float64', requiresGrad: true });
}

/** Indices. */
export function index(values: Parameters<typeof tensor>[0]): Tensor {
  return tensor(values, { dtype: 'int32' });
}

export function describeShapes(...shapes: readonly Shape[]): string {
  return shapes.map((shape) => `[${shape.join(', ')}]`).join(' and ');
}
