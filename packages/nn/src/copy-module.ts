/** Copies of modules, which are trained apart from the original. */
import { ArgumentError, formatValue, Tensor } from '@lowrank/tensor';
import { Module } from './module.js';
import { Buffer, Parameter } from './parameter.js';

/**
 * A module of the same class with parameters and buffers of its own, of the same values; what is shared within the
 * original is shared within the copy. `copy.deepcopy` of a module. Nothing is allocated for the values until one of the two
 * is trained. Fields that are neither modules nor tensors nor arrays are the same objects in both.
 *
 * @throws ArgumentError for what is no module, and for one that a copy could not do without: with computed fields, such as a
 * parametrized weight, with a `forward` that is a field, or that says so itself (`uncopyable`).
 */
export function copyModule<M extends Module>(module: M): M {
  if (!(module instanceof Module)) {
    throw new ArgumentError('copyModule', `copies a module, got ${formatValue(module)}`);
  }
  return copyOf(module, new Map()) as M;
}

function copyOf(value: unknown, copies: Map<unknown, unknown>): unknown {
  if (copies.has(value)) return copies.get(value);
  const make = COPIERS.find(([kind]) => value instanceof kind)?.[1];
  return make === undefined ? value : make(value as never, copies);
}

type Copier = (value: never, copies: Map<unknown, unknown>) => unknown;

/** How each kind of field is copied; the copy is entered before what is in it, which may refer to it. */
const COPIERS: readonly (readonly [kind: abstract new (...args: never[]) => unknown, copy: Copier])[] = [
  [Parameter, copyParameter],
  [Buffer, (buffer: Buffer, copies) => enter(buffer, new Buffer(buffer.detach()), copies)],
  [Tensor, (tensor: Tensor) => tensor],
  [Array, copyArray],
  [Module, copyFields],
];

function enter<T>(original: unknown, copy: T, copies: Map<unknown, unknown>): T {
  copies.set(original, copy);
  return copy;
}

function copyParameter(parameter: Parameter, copies: Map<unknown, unknown>): Parameter {
  const { requiresGrad } = parameter;
  return enter(parameter, new Parameter(parameter.detach(), { requiresGrad }), copies);
}

function copyArray(array: readonly unknown[], copies: Map<unknown, unknown>): unknown[] {
  const copy: unknown[] = enter(array, [], copies);
  for (const element of array) copy.push(copyOf(element, copies));
  return copy;
}

function copyFields(module: Module, copies: Map<unknown, unknown>): Module {
  const { typeName, uncopyable } = module;
  if (uncopyable !== undefined) throw new ArgumentError('copyModule', `${typeName} ${uncopyable}`);
  // Only the constructor of the base runs, which sets up what all modules have; the fields are those of the original.
  const copy: Module = enter(module, Reflect.construct(Module, [], module.constructor as never), copies);
  for (const [name, field] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
    if (!('value' in field)) {
      throw new ArgumentError(
        'copyModule',
        `${typeName}.${name} is computed. Call removeParametrizations(module, '${name}') first`,
      );
    }
    Object.defineProperty(copy, name, { ...field, value: copyOf(field.value, copies) });
  }
  if (!Object.hasOwn(module, 'forward')) return copy;
  throw new ArgumentError(
    'copyModule',
    `${typeName}.forward is a field, and would go on computing with the original. Make it a method of the class`,
  );
}
