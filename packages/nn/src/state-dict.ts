/** Loading saved values into a module: everything is checked before anything is changed. */
import { cast, FormatError, formatShape, sameShape, Tensor } from '@lowrank/tensor';
import type { Module, StateDict } from './module.js';

export interface LoadOptions {
  readonly strict?: boolean;
}

export interface LoadResult {
  /** What the module has and the state dict lacks. */
  readonly missingKeys: readonly string[];
  /** What the state dict has and the module lacks. */
  readonly unexpectedKeys: readonly string[];
}

/** @see Module.loadStateDict */
export function loadStateDict(module: Module, state: StateDict, options: LoadOptions): LoadResult {
  const own = new Map<string, Tensor>([...module.namedParameters(), ...module.namedBuffers()]);
  const given = new Map(Object.entries(state));
  const missingKeys = [...own.keys()].filter((name) => !given.has(name));
  const unexpectedKeys = [...given.keys()].filter((name) => !own.has(name));
  const strict = options.strict ?? true;
  const problems = [
    ...(strict && missingKeys.length > 0 ? [`missing: ${missingKeys.join(', ')}`] : []),
    ...(strict && unexpectedKeys.length > 0 ? [`unexpected: ${unexpectedKeys.join(', ')}`] : []),
    ...[...own].flatMap(([name, tensor]) => misfit(name, tensor, given.get(name))),
  ];
  if (problems.length > 0) {
    const hint = strict ? ' Pass { strict: false } to load what fits by name.' : '';
    throw new FormatError('loadStateDict', `the state dict does not fit this ${module.typeName}; ${problems.join('; ')}.${hint}`);
  }
  for (const [name, tensor] of own) {
    const value = given.get(name);
    if (value !== undefined) tensor.assign(cast(value.detach(), tensor.dtype));
  }
  return { missingKeys, unexpectedKeys };
}

function misfit(name: string, own: Tensor, given: unknown): string[] {
  if (given === undefined) return [];
  if (!(given instanceof Tensor)) return [`${name} is not a tensor but ${given === null ? 'null' : typeof given}`];
  if (sameShape(own.shape, given.shape)) return [];
  return [`${name} has shape ${formatShape(given.shape)}, the module's is ${formatShape(own.shape)}`];
}
