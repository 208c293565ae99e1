/** The base of all layers and models: what is trained and saved is found by looking at the object's own fields. */
import {
  DEVICES,
  type Device,
  DeviceError,
  DTYPES,
  type DType,
  DTypeError,
  formatValue,
  isDType,
  isFloat,
  type Tensor,
  to,
} from '@lowrank/tensor';
import { checkBoolean } from './checks.js';
import { reportErrors } from './module-path.js';
import { Buffer, Parameter } from './parameter.js';
import { type LoadOptions, type LoadResult, loadStateDict } from './state-dict.js';

/** The saved form of a module: tensors by the path of their field, such as `conv1.weight`. */
export type StateDict = Readonly<Record<string, Tensor>>;

/**
 * A layer or a model. Assign parameters, buffers and other modules (or arrays of them) to fields, and write `forward`.
 * Only plain fields are looked at: what stands in a private `#field`, a Map or a getter is not trained. `torch.nn.Module`
 *
 * An error of lowrank that comes out of `forward` names the path of the module that threw it: `(in layers.2.conv)`.
 *
 * @example
 * class Mlp extends Module {
 *   readonly hidden = new Linear(784, 128);
 *   readonly out = new Linear(128, 10);
 *   forward(x: Tensor): Tensor {
 *     return this.out.forward(this.hidden.forward(x).relu());
 *   }
 * }
 */
export abstract class Module {
  /** Whether layers such as Dropout behave as in training. Set with `train()` and `eval()`. */
  training = true;

  constructor() {
    reportErrors(new.target.prototype);
  }

  /** What the module computes. */
  abstract forward(...inputs: never[]): unknown;

  /** The name in the printed form: that of the class, with PyTorch's remark if a field is parametrized. */
  get typeName(): string {
    return `${'parametrizations' in this ? 'Parametrized' : ''}${this.constructor.name}`;
  }

  /** Why `copyModule` cannot copy this module, behind its name in the message; `undefined` if it can. */
  get uncopyable(): string | undefined {
    return undefined;
  }

  /** What the printed form says of this module apart from its submodules, such as `in_features=2`. */
  extraRepr(): string {
    return '';
  }

  /** The modules in this module's fields, by field name; those in an array by `name.0`, `name.1`, ... */
  *namedChildren(): Generator<[name: string, child: Module]> {
    for (const [name, field] of fieldsOf(this)) if (isModule(field)) yield [name, field];
  }

  /** This module and all below it, by path; each once, this one first under the empty path. */
  *namedModules(): Generator<[path: string, module: Module]> {
    yield* firstOfEach(this.#paths());
  }

  /** This module and all below it. */
  modules(): Module[] {
    return [...this.namedModules()].map(([, module]) => module);
  }

  /** All parameters by path, each once: a module's own before those of its submodules. */
  *namedParameters(): Generator<[path: string, parameter: Parameter]> {
    yield* firstOfEach(this.#tensors([Parameter]));
  }

  /** All parameters. */
  parameters(): Parameter[] {
    return [...this.namedParameters()].map(([, parameter]) => parameter);
  }

  /** All buffers by path, each once. */
  *namedBuffers(): Generator<[path: string, buffer: Buffer]> {
    yield* firstOfEach(this.#tensors([Buffer]));
  }

  /** All that a state dict holds, by path: parameters and buffers, shared ones under each of their paths. */
  *namedState(): Generator<[path: string, tensor: Parameter | Buffer]> {
    yield* this.#tensors<Parameter | Buffer>([Parameter, Buffer]);
  }

  /** This module and all below it, shared ones under each of their paths. */
  *#paths(prefix = '', above: readonly Module[] = []): Generator<[path: string, module: Module]> {
    // A module may know the one that it stands in.
    if (above.includes(this)) return;
    yield [prefix, this];
    for (const [name, child] of this.namedChildren())
      yield* child.#paths(join(prefix, name), [...above, this]);
  }

  /** The tensors in the fields of this module and all below it: for each module, those of the first kind first. */
  *#tensors<T extends Tensor>(
    kinds: readonly (new (value: Tensor) => T)[],
  ): Generator<[path: string, tensor: T]> {
    for (const [path, module] of this.#paths()) {
      for (const kind of kinds) {
        for (const [name, field] of fieldsOf(module))
          if (field instanceof kind) yield [join(path, name), field];
      }
    }
  }

  /**
   * The present values of all parameters and buffers, by path. They do not change when training goes on. What is shared
   * stands under each of its paths, as in PyTorch.
   */
  stateDict(): StateDict {
    return Object.fromEntries([...this.namedState()].map(([path, tensor]) => [path, tensor.detach()]));
  }

  /**
   * Takes over the values of a state dict. Nothing is changed unless everything fits.
   * @param options.strict Whether missing and unexpected names are errors. Default true.
   * @throws FormatError that lists every missing, unexpected and misshapen tensor.
   */
  loadStateDict(state: StateDict, options: LoadOptions = {}): LoadResult {
    return loadStateDict(this, state, options);
  }

  /** Switches this module and all below it to training (or, with `false`, to evaluation). */
  train(mode = true): this {
    checkBoolean('train', 'the mode', mode);
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Switches this module and all below it to evaluation: no dropout. */
  eval(): this {
    return this.train(false);
  }

  /** Freezes (`false`) or thaws all parameters of this module. */
  requiresGrad_(value = true): this {
    checkBoolean('requiresGrad_', 'the value', value);
    for (const parameter of this.parameters()) parameter.requiresGrad = value;
    return this;
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /**
   * Converts all float parameters and buffers to another float dtype, or moves everything to another device. What
   * changes becomes a new object, with its gradient: make the optimiser afterwards.
   * @throws DTypeError for anything else.
   * @throws DeviceError for 'cpu' from the GPU, which must be awaited: `cpu()`.
   */
  to(target: DType | Device): this {
    const known: readonly string[] = [...DTYPES.filter(isFloat), ...DEVICES];
    if (!known.includes(target)) {
      throw new DTypeError(
        'Module.to',
        `goes to ${known.join(', ')}, got ${formatValue(target)}. Parameters are floats`,
      );
    }
    if (target === 'cpu' && [...this.namedState()].some(([, { device }]) => device === 'gpu')) {
      throw new DeviceError(
        'Module.to',
        'values come from the GPU only when they are awaited: use await model.cpu()',
      );
    }
    return this.#convert(target, new Map());
  }

  /**
   * As `to('cpu')`, from any device. `torch.nn.Module.cpu`
   * @throws DeviceError (rejects) if the GPU was lost, and leaves the module as it is.
   */
  async cpu(): Promise<this> {
    const read = Array.from(
      firstOfEach(this.namedState()),
      async ([, field]) => [field, await onCpu(field)] as const,
    );
    return this.#convert('cpu', new Map(await Promise.all(read)));
  }

  #convert(target: DType | Device, converted: Map<Tensor, Tensor>): this {
    for (const module of this.modules()) convertFields(module, target, converted);
    return this;
  }

  /** Calls `f` on all modules below this one, the innermost first, and at last on this one: PyTorch's order. */
  apply(f: (module: Module) => void): this {
    this.#applyFromBelow(f);
    return this;
  }

  #applyFromBelow(f: (module: Module) => void, above: readonly Module[] = []): void {
    if (above.includes(this)) return;
    const children = new Set([...this.namedChildren()].map(([, child]) => child));
    for (const child of children) child.#applyFromBelow(f, [...above, this]);
    f(this);
  }

  /**
   * The printed form, PyTorch's; arrays of modules as its `ModuleList`. What stands within itself is `Name(...)` there,
   * where PyTorch would not come to an end.
   */
  toString(): string {
    if (beingPrinted.has(this)) return `${this.typeName}(...)`;
    beingPrinted.add(this);
    try {
      const extra = this.extraRepr();
      return printed(this.typeName, extra === '' ? [] : extra.split('\n'), [...printedChildren(this)]);
    } finally {
      beingPrinted.delete(this);
    }
  }

  /** Node's `console.log` prints modules as `toString` does. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** The fields of a module, with the elements of arrays under `name.0`, `name.1`, ... */
function* fieldsOf(holder: object, prefix = ''): Generator<[name: string, field: unknown]> {
  for (const [key, field] of Object.entries(holder)) {
    const name = join(prefix, key);
    if (Array.isArray(field)) yield* fieldsOf(field, name);
    else yield [name, field];
  }
}

/** What is listed several times only under its first name. */
function* firstOfEach<T>(named: Iterable<[name: string, value: T]>): Generator<[name: string, value: T]> {
  const seen = new Set<T>();
  for (const [name, value] of named) {
    if (seen.has(value)) continue;
    seen.add(value);
    yield [name, value];
  }
}

function join(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}

/** Puts converted tensors into the fields of a module or the elements of an array; shared ones stay shared. */
function convertFields(holder: object, target: DType | Device, converted: Map<Tensor, Tensor>): void {
  for (const [name, field] of Object.entries(holder)) {
    if (Array.isArray(field)) convertFields(field, target, converted);
    if (!(field instanceof Parameter || field instanceof Buffer)) continue;
    const replacement = converted.get(field) ?? convert(field, target);
    converted.set(field, replacement);
    if (replacement !== field) Object.assign(holder, { [name]: replacement });
  }
}

function convert(field: Parameter | Buffer, target: DType | Device): Tensor {
  if (isDType(target) && !isFloat(field.dtype)) return field;
  const value = field.detach();
  const moved = to(value, target);
  if (moved === value) return field;
  return inPlaceOf(field, moved, field.grad && to(field.grad.detach(), target));
}

/** A parameter or buffer as a new one on the CPU. */
async function onCpu(field: Parameter | Buffer): Promise<Tensor> {
  if (field.device === 'cpu') return field;
  const [value, grad] = await Promise.all([field.detach().cpu(), field.grad?.detach().cpu()]);
  return inPlaceOf(field, value, grad ?? null);
}

function inPlaceOf(field: Parameter | Buffer, value: Tensor, grad: Tensor | null): Parameter | Buffer {
  if (field instanceof Buffer) return new Buffer(value);
  const parameter = new Parameter(value, { requiresGrad: field.requiresGrad });
  parameter.grad = grad;
  return parameter;
}

/** The modules around the one that is printed at present, and itself. */
const beingPrinted = new Set<Module>();

/** `Name(...)` with a line for each of `lines` and `children`, in one line where there is not more than one of `lines`. */
function printed(name: string, lines: readonly string[], children: readonly string[]): string {
  const all = [...lines, ...children];
  if (children.length === 0 && all.length <= 1) return `${name}(${all.join('')})`;
  return `${name}(\n  ${all.join('\n  ')}\n)`;
}

/** Apart from the class: one that mentions itself gets another name in a bundle. */
function isModule(field: unknown): field is Module {
  return field instanceof Module;
}

function* printedChildren(holder: object): Generator<string> {
  for (const [name, field] of Object.entries(holder)) {
    if (isModule(field)) yield printedChild(name, field.toString());
    else if (Array.isArray(field)) {
      const elements = [...printedChildren(field)];
      if (elements.length > 0) yield printedChild(name, printed('ModuleList', [], elements));
    }
  }
}

function printedChild(name: string, text: string): string {
  return `(${name}): ${text.replaceAll('\n', '\n  ')}`;
}

/** A module that takes one tensor and gives one: what can be chained. */
export interface Layer extends Module {
  forward(x: Tensor): Tensor;
}
