/** The base of all optimisers: groups of parameters with options of their own, state, saving and loading. */
import { noGrad } from '@lowrank/autograd';
import { ArgumentError, FormatError, formatShape, sameShape, type Tensor } from '@lowrank/tensor';
import type { Parameter } from '../parameter.js';

/** Parameters that share options; what is not given is the optimiser's default. */
export type ParameterGroup<Options> = Partial<Options> & { readonly params: Iterable<Parameter> };

/** A group with everything filled in. Schedules and users may change the options between steps. */
export type Group<Options> = Options & { readonly params: readonly Parameter[] };

/** What an optimiser remembers of one parameter: tensors of its shape, and counts. */
export type ParameterState = Readonly<Record<string, Tensor | number>>;

/** Where a parameter goes, and what is remembered for the next step. */
export interface Update {
  readonly value: Tensor;
  readonly state: ParameterState;
}

/** The saved form of an optimiser: options per group, and state by the running number of the parameter. */
export interface OptimizerState {
  readonly groups: readonly Readonly<Record<string, unknown>>[];
  readonly state: readonly (ParameterState | null)[];
}

/** What all optimisers have. */
export interface OptimizerOptions {
  /** The learning rate. */
  lr: number;
}

/** Moves parameters along their gradients. `torch.optim.Optimizer` */
export abstract class Optimizer<Options extends OptimizerOptions = OptimizerOptions> {
  readonly groups: readonly Group<Options>[];
  #state = new Map<Parameter, ParameterState>();

  /** @throws ArgumentError if there is nothing to train, a parameter comes twice, or an option is out of range. */
  constructor(params: Iterable<Parameter> | readonly ParameterGroup<Options>[], defaults: Options) {
    const list = [...(params as Iterable<Parameter | ParameterGroup<Options>>)];
    const isGrouped = list.length > 0 && list.every((entry) => 'params' in entry);
    const groups = (isGrouped ? list : [{ params: list }]) as readonly ParameterGroup<Options>[];
    this.groups = groups.map((group) => ({ ...defaults, ...group, params: [...group.params] }));
    const name = this.constructor.name;
    const all = this.groups.flatMap((group) => group.params);
    if (all.length === 0) throw new ArgumentError(name, 'got no parameters. Pass model.parameters()');
    if (new Set(all).size !== all.length) throw new ArgumentError(name, 'a parameter is listed twice');
    if (all.some((parameter) => !parameter.isLeaf)) {
      throw new ArgumentError(name, 'can only move leaves, got the result of an op. Pass model.parameters()');
    }
    for (const group of this.groups) this.check(group);
  }

  /** Refuses options that are out of range. */
  protected check(options: Options): void {
    this.checkRange('lr', options.lr, options.lr >= 0, 'at least 0');
  }

  /** @throws ArgumentError that names the option, unless it holds. */
  protected checkRange(name: string, value: unknown, holds: boolean, range: string): void {
    if (!holds) throw new ArgumentError(this.constructor.name, `${name} is ${range}, got ${String(value)}`);
  }

  /** One parameter's new value and state, computed in tensor ops. */
  protected abstract update(
    parameter: Tensor,
    gradient: Tensor,
    options: Options,
    state: ParameterState | undefined,
  ): Update;

  /** Moves every parameter that has a gradient and requires one. */
  step(): void {
    noGrad(() => {
      for (const group of this.groups) {
        for (const parameter of group.params) {
          const { grad } = parameter;
          if (grad === null) continue;
          const { value, state } = this.update(parameter, grad, group, this.#state.get(parameter));
          parameter.assign(value);
          this.#state.set(parameter, state);
        }
      }
    });
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const { params } of this.groups) for (const parameter of params) parameter.grad = null;
  }

  /** Options and state, to be saved and loaded into an optimiser of the same parameters. */
  stateDict(): OptimizerState {
    const groups = this.groups.map(({ params: _, ...options }) => options);
    return { groups, state: this.#parameters().map((parameter) => this.#state.get(parameter) ?? null) };
  }

  /**
   * Takes over a saved state. Nothing is changed unless everything fits.
   * @throws FormatError if the groups or the shapes differ.
   */
  loadStateDict(saved: OptimizerState): void {
    const parameters = this.#parameters();
    const op = `${this.constructor.name}.loadStateDict`;
    if (saved.groups.length !== this.groups.length || saved.state.length !== parameters.length) {
      throw new FormatError(
        op,
        `saved were ${saved.groups.length} groups of ${saved.state.length} parameters, here are ${this.groups.length} of ${parameters.length}`,
      );
    }
    parameters.forEach((parameter, i) => {
      for (const [name, value] of Object.entries(saved.state[i] ?? {})) {
        if (typeof value !== 'number' && !sameShape(value.shape, parameter.shape)) {
          throw new FormatError(op, `${name} of parameter ${i} has shape ${formatShape(value.shape)}, not ${formatShape(parameter.shape)}`);
        }
      }
    });
    this.groups.forEach((group, i) => {
      Object.assign(group, saved.groups[i]);
    });
    this.#state = new Map(
      parameters.flatMap((parameter, i) => (saved.state[i] ? [[parameter, saved.state[i] as ParameterState]] : [])),
    );
  }

  #parameters(): Parameter[] {
    return this.groups.flatMap((group) => group.params);
  }
}
