/** Parametrizations: a weight that is computed from other parameters each time it is read. */
import { noGrad } from '@lowrank/autograd';
import { ArgumentError, formatShape, ShapeError, sameShape, type Tensor } from '@lowrank/tensor';
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

  append(parametrization: Layer): void {
    Object.assign(this, { [this.length]: parametrization });
  }

  /** The effective weight. */
  forward(): Tensor {
    return [...this].reduce<Tensor>((weight, parametrization) => parametrization.forward(weight), this.original);
  }
}

/** The parametrized fields of a module, by name. */
export class ParametrizationDict extends Module {
  readonly [name: string]: unknown;

  override get typeName(): string {
    return 'ModuleDict';
  }

  forward(): never {
    throw new ArgumentError('ParametrizationDict', 'is a container and computes nothing. Read the parametrized weight');
  }
}

/** The field under which a module keeps its parametrizations, as PyTorch names it. */
const FIELD = 'parametrizations';

function dictOf(module: Module): ParametrizationDict | undefined {
  const field: unknown = Reflect.get(module, FIELD);
  return field instanceof ParametrizationDict ? field : undefined;
}

/**
 * The parametrizations of a field.
 * @throws ArgumentError if it has none.
 */
export function parametrizationsOf(module: Module, name: string): ParametrizationList {
  const list = dictOf(module)?.[name];
  if (list instanceof ParametrizationList) return list;
  throw new ArgumentError('parametrizationsOf', `${module.typeName} has no parametrized field '${name}'`);
}

/** Whether the field (or, without a name, any field) of the module is parametrized. */
export function isParametrized(module: Module, name?: string): boolean {
  const dict = dictOf(module);
  if (dict === undefined) return false;
  return name === undefined || dict[name] instanceof ParametrizationList;
}

/**
 * Makes `module[name]` the result of `parametrization.forward(original)`, computed each time it is read. The original
 * parameter moves to `parametrizations.<name>.original`; several parametrizations are applied one after the other.
 * `torch.nn.utils.parametrize.register_parametrization`
 *
 * @throws ArgumentError if the module has no such parameter; ShapeError if the parametrization changes shape or dtype.
 */
export function registerParametrization(module: Module, name: string, parametrization: Layer): void {
  const list = isParametrized(module, name) ? parametrizationsOf(module, name) : new ParametrizationList(ownParameter(module, name));
  const before = noGrad(() => list.forward());
  const after = noGrad(() => parametrization.forward(before));
  if (!sameShape(before.shape, after.shape) || before.dtype !== after.dtype) {
    throw new ShapeError(
      'registerParametrization',
      `${parametrization.typeName} turns ${before.dtype} ${formatShape(before.shape)} into ${after.dtype} ` +
        `${formatShape(after.shape)}; a parametrization keeps shape and dtype`,
    );
  }
  list.append(parametrization);
  if (isParametrized(module, name)) return;
  const dict = dictOf(module) ?? new ParametrizationDict();
  Object.assign(dict, { [name]: list });
  Object.assign(module, { [FIELD]: dict });
  Object.defineProperty(module, name, {
    configurable: true,
    enumerable: false,
    get: () => list.forward(),
    set() {
      throw new ArgumentError(
        'parametrization',
        `${module.typeName}.${name} is computed and cannot be set. Assign to parametrizationsOf(module, '${name}').original, or remove the parametrizations first`,
      );
    },
  });
}

function ownParameter(module: Module, name: string): Parameter {
  const field: unknown = Object.getOwnPropertyDescriptor(module, name)?.value;
  if (field instanceof Parameter) return field;
  const names = Object.entries(module).filter(([, value]) => value instanceof Parameter);
  throw new ArgumentError(
    'registerParametrization',
    `${module.typeName} has no parameter '${name}'; it has ${names.map(([own]) => own).join(', ') || 'none'}`,
  );
}

/**
 * Makes `module[name]` a plain parameter again.
 * @param options.leaveParametrized Keep the effective value (default), or go back to the original one with `false`.
 * @throws ArgumentError if the field is not parametrized.
 */
export function removeParametrizations(
  module: Module,
  name: string,
  options: { readonly leaveParametrized?: boolean } = {},
): void {
  const list = parametrizationsOf(module, name);
  const dict = dictOf(module) as ParametrizationDict;
  if (options.leaveParametrized ?? true) list.original.assign(noGrad(() => list.forward()).detach());
  Object.defineProperty(module, name, { value: list.original, writable: true, configurable: true, enumerable: true });
  Reflect.deleteProperty(dict, name);
  if ([...dict.namedChildren()].length === 0) Reflect.deleteProperty(module, FIELD);
}
