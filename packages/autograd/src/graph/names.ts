/** Names of tensors in graphs: those that the user gives, and the paths of parameters in their module. */
import { ArgumentError, formatValue, type Tensor } from '@lowrank/tensor';
import { expectTensor } from '../expect.js';
import { ensureSlot, type GradientSlot } from '../tape.js';

/** What graphs need to know of a module. `Module` of `@lowrank/nn` has it. */
export interface NamedModules {
  namedModules(): Iterable<readonly [path: string, module: object]>;
  namedParameters(): Iterable<readonly [path: string, parameter: Tensor]>;
}

/** By slot: graphs refer to slots, not to tensors. */
const given = new WeakMap<GradientSlot, string>();
const paths = new WeakMap<GradientSlot, string>();

/**
 * Gives a tensor the name that graphs show.
 *
 * @returns The tensor.
 * @example
 * const w = named(randn([3, 2], { requiresGrad: true }), 'w');
 */
export function named<T extends Tensor>(tensor: T, name: string): T {
  expectTensor('named', 'what is named', tensor);
  if (typeof name !== 'string')
    throw new ArgumentError('named', `a name is a string, got ${formatValue(name)}`);
  given.set(ensureSlot(tensor), name);
  return tensor;
}

/** Gives the parameters of a module the names of their paths, `layers.0.weight`. */
export function nameParameters(op: string, modules: NamedModules): void {
  if (typeof modules?.namedParameters !== 'function' || typeof modules.namedModules !== 'function') {
    throw new ArgumentError(
      op,
      `modules is a module, with namedModules() and namedParameters(), got ${formatValue(modules)}`,
    );
  }
  for (const [path, parameter] of modules.namedParameters()) paths.set(ensureSlot(parameter), path);
}

/** The name by which a graph shows a tensor: the one it was given, or its path. */
export function nameOf(slot: GradientSlot): string | null {
  return given.get(slot) ?? paths.get(slot) ?? null;
}

/** Whether the tensor is a parameter of a module that a graph or a trace was told of. */
export function isParameter(slot: GradientSlot): boolean {
  return paths.has(slot);
}
