/** Groups of parameters that share options: what optimisers are made with, checked and filled in. */
import { ArgumentError, formatValue } from '@lowrank/tensor';
import type { Parameter } from '../parameter.js';
import type { OptimizerDefinition } from './optimizer.js';
import { fillOptions, optionOutOfRange, unknownOption } from './options.js';
import { isIterable, listOf, parametersOf } from './parameters.js';

/** Parameters that share options; what is not given is the optimiser's. */
export type ParameterGroup<Options> = Partial<Options> & { readonly params: Iterable<Parameter> };

/** A group with everything filled in. Schedules and users may change the options between steps. */
export type Group<Options> = Options & { readonly params: readonly Parameter[] };

/** What optimisers take as their parameters. */
export type Trainable<Options> = Iterable<Parameter> | readonly ParameterGroup<Options>[];

/**
 * The groups that a user means.
 * @throws ArgumentError if there is nothing to train, a parameter comes twice or is no leaf, or an option is unknown or
 * out of range.
 */
export function makeGroups<Options extends object>(
  op: string,
  params: Trainable<Options>,
  shared: Partial<Options>,
  definition: OptimizerDefinition<Options>,
): Group<Options>[] {
  if (typeof shared !== 'object' || shared === null) {
    throw new ArgumentError(op, `takes its options as an object, { lr: 0.1 }, got ${formatValue(shared)}`);
  }
  const groups = listGroups(op, params).map(({ params: members, ...own }) => {
    const options = fillOptions(definition.options, [own as Partial<Options>, shared]);
    const problem =
      unknownOption(definition.options, { ...shared, ...own }) ?? optionProblem(definition, options);
    if (problem !== undefined) throw new ArgumentError(op, problem);
    return { ...options, params: members };
  });
  checkParameters(
    op,
    groups.flatMap((group) => group.params),
  );
  return groups;
}

/** Says what is wrong with the options of a group, if anything. */
export function optionProblem<Options extends object>(
  { options: rules, conflict }: OptimizerDefinition<Options>,
  options: Options,
): string | undefined {
  return optionOutOfRange(rules, options) ?? conflict?.(options);
}

interface AnyGroup {
  readonly params: readonly Parameter[];
}

/** What was passed, as groups of tensors. */
function listGroups(op: string, params: unknown): AnyGroup[] {
  const list = listOf(op, params);
  const groups = list.length > 0 && list.every(isGroup) ? list : [{ params: list }];
  return groups.map((group) => ({ ...group, params: parametersOf(op, group.params) }));
}

function isGroup(value: unknown): value is { readonly params: Iterable<unknown> } {
  return typeof value === 'object' && value !== null && 'params' in value && isIterable(value.params);
}

function checkParameters(op: string, parameters: readonly Parameter[]): void {
  if (parameters.length === 0) throw new ArgumentError(op, 'got no parameters. Pass model.parameters()');
  if (new Set(parameters).size !== parameters.length)
    throw new ArgumentError(op, 'a parameter is listed twice');
  if (parameters.some((parameter) => !parameter.isLeaf)) {
    throw new ArgumentError(op, 'can only move leaves, got the result of an op. Pass model.parameters()');
  }
}
