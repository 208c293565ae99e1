/** The base of all layers and models: what is trained and saved is found by looking at the object's own fields. */
import { cast, type DType, type Tensor } from '@lowrank/tensor';
import { Buffer, Parameter } from './parameter.js';
import { loadStateDict, type LoadOptions, type LoadResult } from './state-dict.js';

/** The saved form of a module: tensors by the path of their field, such as `conv1.weight`. */
export type StateDict = Readonly<Record<string, Tensor>>;

/**
 * A layer or a model. Assign parameters, buffers and other modules (or arrays of modules) to fields, and write
 * `forward`. `torch.nn.Module`
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

  /** What the module computes. */
  abstract forward(...inputs: never[]): unknown;

  /** The name in the printed form: that of the class, with PyTorch's remark if a field is parametrized. */
  get typeName(): string {
    return `${'parametrizations' in this ? 'Parametrized' : ''}${this.constructor.name}`;
  }

  /** What the printed form says of this module apart from its submodules, such as `in_features=2`. */
  extraRepr(): string {
    return '';
  }

  /** The modules in this module's fields, by field name; those in an array by `name.0`, `name.1`, ... */
  *namedChildren(): Generator<[name: string, child: Module]> {
    for (const [name, field] of Object.entries(this)) {
      if (field instanceof Module) yield [name, field];
      else if (Array.isArray(field)) {
        for (const [i, element] of field.entries()) if (element instanceof Module) yield [`${name}.${i}`, element];
      }
    }
  }

  /** This module and all below it, by path; each once, this one first under the empty path. */
  *namedModules(prefix = '', seen: Set<Module> = new Set()): Generator<[path: string, module: Module]> {
    if (seen.has(this)) return;
    seen.add(this);
    yield [prefix, this];
    for (const [name, child] of this.namedChildren()) yield* child.namedModules(join(prefix, name), seen);
  }

  /** This module and all below it. */
  modules(): Module[] {
    return [...this.namedModules()].map(([, module]) => module);
  }

  /** All parameters by path, each once: a module's own before those of its submodules. */
  *namedParameters(): Generator<[path: string, parameter: Parameter]> {
    yield* this.#namedTensors(Parameter);
  }

  /** All parameters. */
  parameters(): Parameter[] {
    return [...this.namedParameters()].map(([, parameter]) => parameter);
  }

  /** All buffers by path, each once. */
  *namedBuffers(): Generator<[path: string, buffer: Buffer]> {
    yield* this.#namedTensors(Buffer);
  }

  *#namedTensors<T extends Tensor>(kind: new (value: Tensor) => T): Generator<[path: string, tensor: T]> {
    const seen = new Set<Tensor>();
    for (const [path, module] of this.namedModules()) {
      for (const [name, field] of Object.entries(module)) {
        if (!(field instanceof kind) || seen.has(field)) continue;
        seen.add(field);
        yield [join(path, name), field];
      }
    }
  }

  /** The present values of all parameters and buffers, by path. They do not change when training goes on. */
  stateDict(): StateDict {
    const named = [...this.namedParameters(), ...this.namedBuffers()];
    return Object.fromEntries(named.map(([path, tensor]) => [path, tensor.detach()]));
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
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Switches this module and all below it to evaluation: no dropout. */
  eval(): this {
    return this.train(false);
  }

  /** Freezes (`false`) or thaws all parameters of this module. */
  requiresGrad_(value = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = value;
    return this;
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /**
   * Converts all float parameters and buffers to another float dtype. They become new objects: make the optimiser
   * afterwards.
   */
  to(dtype: DType): this {
    const converted = new Map<Tensor, Tensor>();
    for (const module of this.modules()) {
      for (const [name, field] of Object.entries(module)) {
        const isOwn = field instanceof Parameter || field instanceof Buffer;
        if (!isOwn || field.dtype === dtype) continue;
        if (!converted.has(field)) converted.set(field, convert(field, dtype));
        Object.assign(module, { [name]: converted.get(field) });
      }
    }
    return this;
  }

  /** Calls `f` on this module and all below it, the innermost first. */
  apply(f: (module: Module) => void): this {
    for (const module of this.modules().reverse()) f(module);
    return this;
  }

  /** The printed form, PyTorch's. */
  toString(): string {
    const children = [...this.namedChildren()].map(([name, child]) => `(${name}): ${indent(String(child))}`);
    const extra = this.extraRepr();
    if (children.length === 0) return `${this.typeName}(${extra})`;
    const lines = [...(extra ? [extra] : []), ...children];
    return `${this.typeName}(\n  ${lines.join('\n  ')}\n)`;
  }

  /** Node's `console.log` prints modules as `toString` does. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function convert(field: Parameter | Buffer, dtype: DType): Tensor {
  const value = cast(field.detach(), dtype);
  return field instanceof Parameter ? new Parameter(value, { requiresGrad: field.requiresGrad }) : new Buffer(value);
}

function join(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n  ');
}

/** A module that takes one tensor and gives one: what can be chained. */
export interface Layer extends Module {
  forward(x: Tensor): Tensor;
}
