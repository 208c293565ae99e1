/** Parametrizations: a weight that is computed from other parameters each time it is read. */
import { noGrad } from '@lowrank/autograd';
import { ArgumentError, formatShape, formatValue, ShapeError, sameShape, Tensor } from '@lowrank/tensor';
import { checkOptions } from './checks.js';
import { ModuleDict } from './layers/module-dict.js';
import { type Layer, Module } from './module.js';
import { Parameter } from './parameter.js';

/** The original weight of a parametrized field, and what is applied to it in turn. */
export class ParametrizationList extends Module {
  readonly original: Parameter;
  readonly [index: number]: Layer;

  constructor(original: Parameter) {
    super();
    this.original = original;
  }

  /** The parametrizations in the order in which they are applied. */
  *[Symbol.iterator](): Generator<Layer> {
    for (const [, child] of this.namedChildren()) yield child as Layer;
  }

  get length(): number {
    return [...this].length;
  }

  /** @internal Adds one that is applied after all others; `registerParametrization` checks it first. */
  append(parametrization: Layer): void {
    Object.assign(this, { [this.length]: parametrization });
  }

  /** The effective weight. */
  forward(): Tensor {
    return [...this].reduce<Tensor>(
      (weight, parametrization) => parametrization.forward(weight),
      this.original,
    );
  }
}

/** The field under which a module keeps its parametrizations, as PyTorch names it. */
const FIELD = 'parametrizations';

function checkModule(op: string, name: string, value: unknown): void {
  if (value instanceof Module) return;
  throw new ArgumentError(op, `${name} is a module, got ${formatValue(value)}`);
}

function dictOf(op: string, module: Module): ModuleDict<ParametrizationList> | undefined {
  checkModule(op, 'the first argument', module);
  const field: unknown = Reflect.get(module, FIELD);
  return field instanceof ModuleDict ? field : undefined;
}

function listOf(op: string, module: Module, name: string): ParametrizationList | undefined {
  return dictOf(op, module)?.get(name);
}

function existingListOf(op: string, module: Module, name: string): ParametrizationList {
  const list = listOf(op, module, name);
  if (list !== undefined) return list;
  const names = dictOf(op, module)?.names() ?? [];
  throw new ArgumentError(
    op,
    `${module.typeName} has no parametrized field ${formatValue(name)}; parametrized: ${names.join(', ') || 'none'}`,
  );
}

/**
 * The parametrizations of a field, in the order in which they are applied, and its original value.
 * @throws ArgumentError if it has none.
 */
export function parametrizationsOf(module: Module, name: string): ParametrizationList {
  return existingListOf('parametrizationsOf', module, name);
}

/** Whether the field (or, without a name, any field) of the module is parametrized. */
export function isParametrized(module: Module, name?: string): boolean {
  if (name === undefined) return dictOf('isParametrized', module) !== undefined;
  return listOf('isParametrized', module, name) !== undefined;
}

/**
 * Makes `module[name]` the result of `parametrization.forward(original)`, computed each time it is read. The original
 * parameter moves to `parametrizations.<name>.original`; several parametrizations are applied one after the other, the
 * one that was registered first being `parametrizations.<name>.0`. Nothing is changed unless everything fits.
 * `torch.nn.utils.parametrize.register_parametrization`
 *
 * Optimisers that were made before do not know the parametrization's parameters: make them afterwards.
 *
 * @returns The module.
 * @throws ArgumentError if the module has no such parameter; ShapeError if the parametrization changes shape or dtype.
 */
export function registerParametrization<M extends Module>(
  module: M,
  name: string,
  parametrization: Layer,
): M {
  const existing = listOf('registerParametrization', module, name);
  checkModule('registerParametrization', 'the parametrization', parametrization);
  const list = existing ?? new ParametrizationList(ownParameter(module, name));
  checkKeepsShape(list, parametrization);
  list.append(parametrization);
  list.train(module.training);
  if (existing === undefined) inject(module, name, list);
  return module;
}

function ownParameter(module: Module, name: string): Parameter {
  const field: unknown = Object.getOwnPropertyDescriptor(module, name)?.value;
  if (field instanceof Parameter) return field;
  const names = Object.entries(module).filter(([, value]) => value instanceof Parameter);
  throw new ArgumentError(
    'registerParametrization',
    `${module.typeName} has no parameter ${formatValue(name)}; it has ${names.map(([own]) => own).join(', ') || 'none'}`,
  );
}

/** @throws ShapeError or ArgumentError unless the parametrization turns the present value into one that is alike. */
function checkKeepsShape(list: ParametrizationList, parametrization: Layer): void {
  const before = noGrad(() => list.forward());
  const after: unknown = noGrad(() => parametrization.forward(before));
  if (!(after instanceof Tensor)) {
    throw new ArgumentError(
      'registerParametrization',
      `the forward of a parametrization gives a tensor, that of ${parametrization.typeName} gave ${formatValue(after)}`,
    );
  }
  if (sameShape(before.shape, after.shape) && before.dtype === after.dtype) return;
  throw new ShapeError(
    'registerParametrization',
    `${parametrization.typeName} turns ${before.dtype} ${formatShape(before.shape)} into ${after.dtype} ` +
      `${formatShape(after.shape)}; a parametrization keeps shape and dtype`,
  );
}

/** Puts the list into the module, and a computed field in the place of the parameter. */
function inject(module: Module, name: string, list: ParametrizationList): void {
  const dict = dictOf('registerParametrization', module) ?? new ModuleDict<ParametrizationList>();
  dict.set(name, list);
  Object.assign(module, { [FIELD]: dict.train(module.training) });
  Object.defineProperty(module, name, {
    configurable: true,
    enumerable: false,
    get: () => list.forward(),
    set() {
      throw new ArgumentError(
        'parametrization',
        `${module.typeName}.${name} is computed and cannot be set. Call ` +
          `parametrizationsOf(module, '${name}').original.assign(value), or removeParametrizations(module, '${name}') first`,
      );
    },
  });
}

/**
 * Makes `module[name]` a plain parameter again: the same object that it was before, in the place among the fields that
 * it had before (PyTorch moves it behind the others). `torch.nn.utils.parametrize.remove_parametrizations`
 *
 * @param options.leaveParametrized Keep the effective value (default), or go back to the original one with `false`.
 * @returns The module.
 * @throws ArgumentError if the field is not parametrized.
 */
export function removeParametrizations<M extends Module>(
  module: M,
  name: string,
  options: { readonly leaveParametrized?: boolean } = {},
): M {
  const list = existingListOf('removeParametrizations', module, name);
  checkOptions('removeParametrizations', options);
  const dict = dictOf('removeParametrizations', module) as ModuleDict<ParametrizationList>;
  const { original } = list;
  if (options.leaveParametrized ?? true) original.assign(noGrad(() => list.forward()).detach());
  Object.defineProperty(module, name, {
    value: original,
    writable: true,
    configurable: true,
    enumerable: true,
  });
  dict.delete(name);
  if (dict.length === 0) Reflect.deleteProperty(module, FIELD);
  return module;
}
