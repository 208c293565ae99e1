/** The base of all optimisers: groups of parameters with options of their own, state, saving and loading. */
import { gradientOf, noGrad } from '@lowrank/autograd';
import { adopt, cast, collectTensors, FormatError, Tensor } from '@lowrank/tensor';
import type { Parameter } from '../parameter.js';
import { type Group, makeGroups, type Trainable } from './groups.js';
import type { Move, Update } from './moves.js';
import type { OptionRules } from './options.js';
import { loadProblem, type OptimizerState, type ParameterState, type SavedGroup } from './saved-state.js';

/** What all optimisers have. */
export interface OptimizerOptions {
  /** The learning rate. */
  lr: number;
}

/** What an optimiser is, apart from its `update`. */
export interface OptimizerDefinition<Options> {
  readonly options: OptionRules<Options>;
  /** Says what is wrong with options that do not go together, if anything. */
  conflict?(options: Options): string | undefined;
  /** What it may remember of a parameter, by name. */
  readonly remembers: Readonly<Record<string, 'tensor' | 'count'>>;
}

/** Moves parameters along their gradients. `torch.optim.Optimizer` */
export abstract class Optimizer<Options extends OptimizerOptions = OptimizerOptions> {
  readonly paramGroups: readonly Group<Options>[];
  readonly #definition: OptimizerDefinition<Options>;
  #state = new Map<Parameter, ParameterState>();
  /** The states that steps have made and that `stateDict` has not shown. */
  readonly #unseen = new WeakSet<ParameterState>();

  /**
   * @param params The parameters, or groups of them with options of their own.
   * @param options For all groups; `undefined` stands for the default.
   * @throws ArgumentError if there is nothing to train, a parameter comes twice or is no leaf, or an option is unknown
   * or out of range.
   */
  constructor(
    params: Trainable<Options>,
    options: Partial<Options>,
    definition: OptimizerDefinition<Options>,
  ) {
    this.paramGroups = makeGroups(this.constructor.name, params, options, definition);
    this.#definition = definition;
  }

  /** One parameter's new value and state, computed in tensor ops. There is no `state` before the first step. */
  protected abstract update(
    parameter: Tensor,
    gradient: Tensor,
    options: Options,
    state: ParameterState | undefined,
  ): Update;

  /** The same for all parameters of a group that have gradients; calls `update` for each. */
  protected updateAll(moves: readonly Move[], options: Options): readonly Update[] {
    return moves.map(({ parameter, gradient, state }) => this.update(parameter, gradient, options, state));
  }

  /** Whether nobody but the optimiser itself gets hold of what its `updateAll` makes. */
  protected get isDiscreet(): boolean {
    return false;
  }

  /**
   * Moves every parameter that has a gradient. Frozen parameters are given none; one that is left from before they were
   * frozen still counts, as in PyTorch, until `zeroGrad()`.
   */
  step(): void {
    noGrad(() => {
      for (const group of this.paramGroups) {
        const moves = group.params.flatMap((parameter) => {
          const gradient = gradientOf(parameter);
          return gradient === null ? [] : [{ parameter, gradient, state: this.#state.get(parameter) }];
        });
        const [updates, made] = collectTensors(() => this.updateAll(moves, group));
        updates.forEach(({ value, state }, i) => {
          const { parameter } = moves[i] as (typeof moves)[number];
          parameter.assign(value);
          this.#state.set(parameter, state);
        });
        this.#release(made, moves, updates);
      }
    });
  }

  /** Gives back what a step needed but did not keep, and the states that it has put others in the place of. */
  #release(made: ReadonlySet<Tensor>, moves: readonly Move[], updates: readonly Update[]): void {
    const kept = new Set(updates.flatMap(({ state }) => tensorsOf(state)));
    const passing = [...made].filter((tensor) => !kept.has(tensor));
    if (!this.isDiscreet) {
      for (const tensor of passing) adopt(tensor);
      return;
    }
    const old = moves.flatMap(({ state }) => (state && this.#unseen.has(state) ? tensorsOf(state) : []));
    for (const { state } of updates) this.#unseen.add(state);
    for (const tensor of [...passing, ...old]) {
      if (!kept.has(tensor)) tensor.dispose();
    }
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.#parameters()) parameter.grad = null;
  }

  /** Options and state as they are now, to be saved and loaded into an optimiser of the same parameters. */
  stateDict(): OptimizerState {
    const parameters = this.#parameters();
    const numbers = new Map(parameters.map((parameter, i) => [parameter, i]));
    const save = ({ params, ...options }: Group<Options>): SavedGroup => ({
      ...options,
      params: params.map((parameter) => numbers.get(parameter) as number),
    });
    for (const state of this.#state.values()) this.#unseen.delete(state);
    return {
      paramGroups: this.paramGroups.map(save),
      state: parameters.map((parameter) => this.#state.get(parameter) ?? null),
    };
  }

  /**
   * Takes over a saved state. Nothing is changed unless everything fits.
   * @throws FormatError if it is of another kind of optimiser, or of parameters in other groups or of other shapes.
   */
  loadStateDict(saved: OptimizerState): void {
    const problem = loadProblem(saved, this.paramGroups, this.#definition);
    if (problem !== undefined) throw new FormatError(`${this.constructor.name}.loadStateDict`, problem);
    this.paramGroups.forEach((group, i) => {
      Object.assign(group, saved.paramGroups[i], { params: group.params });
    });
    this.#state = new Map(
      this.#parameters().flatMap((parameter, i) => {
        const state = saved.state[i];
        return state ? [[parameter, withDTypeOf(parameter, state)] as const] : [];
      }),
    );
  }

  #parameters(): Parameter[] {
    return this.paramGroups.flatMap((group) => group.params);
  }
}

/** An optimiser that has an op which moves all parameters of a group at once: `updateAll` is what its steps call. */
export abstract class FusedOptimizer<Options extends OptimizerOptions> extends Optimizer<Options> {
  protected abstract override updateAll(moves: readonly Move[], options: Options): readonly Update[];

  protected override get isDiscreet(): boolean {
    return true;
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    options: Options,
    state: ParameterState | undefined,
  ): Update {
    return this.updateAll([{ parameter, gradient, state }], options)[0] as Update;
  }
}

function withDTypeOf(parameter: Tensor, state: ParameterState): ParameterState {
  const convert = (value: Tensor | number) =>
    value instanceof Tensor ? cast(value, parameter.dtype) : value;
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, convert(value)]));
}

function tensorsOf(state: ParameterState): Tensor[] {
  return Object.values(state).filter((value) => value instanceof Tensor);
}
