/** Loading saved values into a module: everything is checked before anything is changed. */
import {
  ArgumentError,
  cast,
  FormatError,
  formatShape,
  formatValue,
  sameShape,
  Tensor,
  to,
} from '@lowrank/tensor';
import { checkOptions } from './checks.js';
import type { Module, StateDict } from './module.js';

export interface LoadOptions {
  /** Whether missing and unexpected names are errors. Default true. */
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
  checkOptions('loadStateDict', options);
  checkState(state);
  const own = [...module.namedState()];
  const names = new Set(own.map(([name]) => name));
  const given = new Map<string, unknown>(Object.entries(state));
  const missingKeys = [...names].filter((name) => !given.has(name));
  const unexpectedKeys = [...given.keys()].filter((name) => !names.has(name));
  const strays = [
    ...(missingKeys.length > 0 ? [`missing: ${missingKeys.join(', ')}`] : []),
    ...(unexpectedKeys.length > 0 ? [`unexpected: ${unexpectedKeys.join(', ')}`] : []),
  ];
  const misfits = own.flatMap(([name, tensor]) =>
    given.has(name) ? misfit(name, tensor, given.get(name)) : [],
  );
  const problems = [...((options.strict ?? true) ? strays : []), ...misfits];
  if (problems.length > 0) {
    const hint = misfits.length === 0 ? '. Pass { strict: false } to load what fits by name' : '';
    const text = `the state dict does not fit this ${module.typeName}; ${problems.join('; ')}${hint}`;
    throw new FormatError('loadStateDict', text);
  }
  for (const [name, tensor] of own) {
    const value = given.get(name);
    if (value instanceof Tensor) tensor.assign(to(cast(value.detach(), tensor.dtype), tensor.device));
  }
  return { missingKeys, unexpectedKeys };
}

/** @throws ArgumentError for anything but an object of tensors by path; a module is taken for its own fields otherwise. */
function checkState(state: unknown): void {
  const prototype = typeof state === 'object' && state !== null ? Object.getPrototypeOf(state) : undefined;
  if (prototype === null || (prototype !== undefined && Object.getPrototypeOf(prototype) === null)) return;
  throw new ArgumentError(
    'loadStateDict',
    `takes an object of tensors by path, as stateDict() gives it, got ${formatValue(state)}`,
  );
}

/** What keeps a given value from being taken over, if anything. */
function misfit(name: string, own: Tensor, given: unknown): string[] {
  if (!(given instanceof Tensor)) return [`${name} is not a tensor but ${formatValue(given)}`];
  if (own.device === 'cpu' && given.device === 'gpu') {
    return [`${name} is on the GPU, the module's is on the CPU: read it with await value.cpu()`];
  }
  if (sameShape(own.shape, given.shape)) return [];
  return [`${name} has shape ${formatShape(given.shape)}, the module's is ${formatShape(own.shape)}`];
}
