/** The saved form of optimisers, and what can be wrong with one. */
import { formatShape, formatValue, sameShape, Tensor } from '@lowrank/tensor';
import { type Group, optionProblem } from './groups.js';
import type { OptimizerDefinition } from './optimizer.js';
import { unknownOption } from './options.js';

/** What an optimiser remembers of one parameter: tensors of its shape, and counts. */
export type ParameterState = Readonly<Record<string, Tensor | number>>;

/** The options of a group, and the running numbers of its parameters. */
export interface SavedGroup {
  readonly params: readonly number[];
  readonly [option: string]: unknown;
}

/** The saved form of an optimiser: parameters are known by their running numbers, through all groups. */
export interface OptimizerState {
  readonly paramGroups: readonly SavedGroup[];
  /** What is remembered of each parameter; `null` for one that was never moved. */
  readonly state: readonly (ParameterState | null)[];
}

/** Says what keeps a saved state from being loaded into an optimiser with these groups, if anything. */
export function loadProblem<Options extends object>(
  saved: OptimizerState,
  groups: readonly Group<Options>[],
  definition: OptimizerDefinition<Options>,
): string | undefined {
  if (!Array.isArray(saved?.paramGroups) || !Array.isArray(saved.state)) {
    return `takes what stateDict() returned, got ${formatValue(saved)}`;
  }
  const [before, here] = [saved.paramGroups, groups].map(sizes) as [number[], number[]];
  if (!sameShape(before, here)) {
    return `the groups that were saved have ${formatShape(before)} parameters, those here ${formatShape(here)}`;
  }
  const parameters = groups.flatMap((group) => group.params);
  const problems = [
    ...saved.paramGroups.map(({ params: _, ...options }) => savedOptionProblem(definition, options)),
    ...parameters.map((parameter, i) =>
      stateProblem(parameter, `parameter ${i}`, saved.state[i], definition),
    ),
  ];
  return problems.find((problem) => problem !== undefined);
}

function sizes(groups: readonly { readonly params: readonly unknown[] }[]): number[] {
  return groups.map((group) => group?.params?.length);
}

function savedOptionProblem<Options extends object>(
  definition: OptimizerDefinition<Options>,
  options: object,
) {
  return unknownOption(definition.options, options) ?? optionProblem(definition, options as Options);
}

const IS_KIND = {
  tensor: (value: unknown) => value instanceof Tensor,
  count: (value: unknown) => Number.isInteger(value) && (value as number) >= 0,
} as const;

function stateProblem<Options>(
  parameter: Tensor,
  owner: string,
  state: ParameterState | null | undefined,
  { remembers }: OptimizerDefinition<Options>,
): string | undefined {
  if (state === null) return undefined;
  if (typeof state !== 'object') return `the state of ${owner} is missing`;
  for (const [name, value] of Object.entries(state)) {
    const kind = Object.hasOwn(remembers, name) ? remembers[name] : undefined;
    if (kind === undefined) return `${name} of ${owner} is not what this optimiser remembers`;
    if (!IS_KIND[kind](value)) return `${name} of ${owner} is a ${kind}, got ${formatValue(value)}`;
    if (value instanceof Tensor && !sameShape(value.shape, parameter.shape)) {
      return `${name} of ${owner} has shape ${formatShape(value.shape)}, the parameter ${formatShape(parameter.shape)}`;
    }
  }
  return undefined;
}
