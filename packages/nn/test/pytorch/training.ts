/** The trainings that PyTorch did, to be done again with our optimisers, clipping and schedules. */
import { readFileSync } from 'node:fs';
import * as nn from '@lowrank/nn';
import { parseSafetensors, type Tensor, tensor } from '@lowrank/tensor';
import { setParameters } from '../../../../tools/pytorch-fixtures/layers.mjs';
import { compare } from '../../../../tools/pytorch-fixtures/replay.mjs';
import { pathOf } from './fixtures.js';

/** The name of a function or class, and its arguments behind the parameters or the optimiser. */
type Description = readonly [name: string, ...rest: unknown[]];

/** What optimizers.py tells of a training. */
export interface Run {
  readonly key: string;
  readonly about: string;
  readonly optimizer: string;
  readonly options: object;
  /** Parameters by name, with options of their own. */
  readonly groups: readonly { readonly params: readonly string[] }[];
  /** What is done to the gradients. */
  readonly clip: Description | null;
  readonly schedule: Description | null;
  /** The rates of all groups in each step. */
  readonly rates: readonly (readonly number[])[];
  /** By how much each recorded tensor may differ. */
  readonly tolerances: Readonly<Record<Precision, Readonly<Record<string, number>>>>;
}

export type Precision = 'float32' | 'float64';

interface Index {
  readonly steps: number;
  /** The steps after which the parameters are compared. */
  readonly recorded: readonly number[];
  /** The step after which the optimiser's state is compared. */
  readonly saved: number;
  readonly runs: readonly Run[];
}

const read = (ending: string) => readFileSync(new URL(`${pathOf('optimizers').href}${ending}`));
const { tensors } = parseSafetensors(new Uint8Array(read('.safetensors')));
export const { steps, recorded, saved, runs }: Index = JSON.parse(read('.json').toString());

/** What JSON cannot hold, by the names that it has in optimizers.py. */
const VALUES: Readonly<Record<string, unknown>> = {
  inverse: (step: number) => 1 / (1 + step),
  wave: (step: number) => 1 + (step % 4) / 2,
  half: (step: number) => 0.5 ** step,
  Infinity: Number.POSITIVE_INFINITY,
};

/** Whatever has a name in an index. */
const named = nn as unknown as Readonly<Record<string, Callable | undefined>>;
type Callable = ((...rest: unknown[]) => unknown) & (new (...rest: unknown[]) => unknown);

/** An argument as it is meant: with values and schedules of this optimiser in the places of what stands for them. */
function meant(argument: unknown, optimizer: nn.Optimizer): unknown {
  if (typeof argument === 'string') return VALUES[argument] ?? argument;
  if (Array.isArray(argument)) {
    if (argument[0] in named) return scheduleOf(argument as unknown as Description, optimizer);
    return argument.map((part) => meant(part, optimizer));
  }
  if (typeof argument !== 'object' || argument === null) return argument;
  return Object.fromEntries(Object.entries(argument).map(([name, part]) => [name, meant(part, optimizer)]));
}

function scheduleOf([name, ...rest]: Description, optimizer: nn.Optimizer): nn.LRScheduler {
  const made = new named[name]!(optimizer, ...rest.map((argument) => meant(argument, optimizer)));
  return made as nn.LRScheduler;
}

/** One training of the network of optimizers.py. */
export class Training {
  readonly #run: Run;
  readonly #precision: Precision;
  readonly #model: nn.Sequential;
  #optimizer: nn.Optimizer;
  #schedule: nn.LRScheduler | null;
  #step = 0;

  constructor(run: Run, precision: Precision) {
    const [hidden, out] = ['0.bias', '2.bias'].map((name) => tensors[`start.${name}`]!.numel()) as [
      number,
      number,
    ];
    this.#run = run;
    this.#precision = precision;
    this.#model = new nn.Sequential(
      new nn.Linear(tensors.inputs!.shape[2]!, hidden),
      new nn.Tanh(),
      new nn.Linear(hidden, out),
    );
    const start = this.parameters.map(([name]) => [name, new nn.Parameter(this.#start(name))]);
    setParameters(this.#model, Object.fromEntries(start));
    this.#optimizer = this.#makeOptimizer(run.options);
    this.#schedule = run.schedule && scheduleOf(run.schedule, this.#optimizer);
  }

  #start(name: string): Tensor {
    return tensors[`start.${name}`]!.to(this.#precision);
  }

  #makeOptimizer(options: object): nn.Optimizer {
    const parameters = new Map(this.parameters);
    const groups = this.#run.groups.map(({ params, ...own }) => ({
      ...own,
      params: params.map((name) => parameters.get(name)),
    }));
    return new named[this.#run.optimizer]!(groups, options) as nn.Optimizer;
  }

  get parameters(): readonly (readonly [string, nn.Parameter])[] {
    return [...this.#model.namedParameters()];
  }

  /** The rates of all groups. */
  get rates(): readonly number[] {
    return this.#optimizer.paramGroups.map(({ lr }) => lr);
  }

  step(): void {
    const batch = this.#step++ % tensors.inputs!.shape[0]!;
    const inputs = tensors.inputs!.select(0, batch).to(this.#precision);
    this.#optimizer.zeroGrad();
    nn.crossEntropy(this.#model.forward(inputs), tensors.labels!.select(0, batch)).backward();
    if (this.#run.clip !== null) {
      const [name, ...rest] = this.#run.clip;
      named[name]!(this.#model.parameters(), ...rest.map((argument) => meant(argument, this.#optimizer)));
    }
    this.#optimizer.step();
    this.#schedule?.step();
  }

  /** Goes on with a fresh optimiser and schedule that were told where the old ones were. */
  reload(): void {
    const optimizer = this.#optimizer.stateDict();
    const schedule = this.#schedule && JSON.stringify(this.#schedule.stateDict());
    this.#optimizer = this.#makeOptimizer({ lr: 123 });
    this.#optimizer.loadStateDict(optimizer);
    this.#schedule = this.#run.schedule && scheduleOf(this.#run.schedule, this.#optimizer);
    if (schedule !== null) this.#schedule?.loadStateDict(JSON.parse(schedule));
  }

  /** The parameters, as the index calls them after this step. */
  get recordedParameters(): Readonly<Record<string, Tensor>> {
    return Object.fromEntries(
      this.parameters.map(([name, parameter]) => [`${this.#step}.${name}`, parameter.detach()]),
    );
  }

  /** What the optimiser remembers, as the index calls it. */
  get recordedState(): Readonly<Record<string, Tensor>> {
    const { state } = this.#optimizer.stateDict();
    const names = this.#run.groups.flatMap(({ params }) => params);
    return Object.fromEntries(
      names.flatMap((name, i) =>
        Object.entries(state[i] ?? {}).map(([what, value]) => [`state.${name}.${what}`, tensor(value)]),
      ),
    );
  }
}

/** What PyTorch says against tensors that a training has recorded. */
export function complaintsAbout(
  run: Run,
  precision: Precision,
  found: Readonly<Record<string, Tensor>>,
): string[] {
  const tolerances = run.tolerances[precision];
  return Object.entries(found).flatMap(([name, actual]) => {
    const expected = tensors[`${run.key}.${name}`];
    if (expected === undefined) return [`PyTorch has no ${name}`];
    const { complaint } = compare(name, actual.to('float64'), expected, tolerances[name]);
    return complaint === undefined ? [] : [`${name} ${complaint}`];
  });
}

/** The names of all that PyTorch recorded in a training. */
export function recordedBy({ key }: Run): string[] {
  const prefix = `${key}.`;
  return Object.keys(tensors).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}
