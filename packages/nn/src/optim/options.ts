/** The options of optimisers: what each one may be, its default, and how those of a group are filled in. */
import { formatValue } from '@lowrank/tensor';
import { nearestName } from '../nearest.js';

/** What an option may be. */
export interface OptionRule<T> {
  /** The default; `undefined` if the option has to be given. */
  readonly otherwise: T | undefined;
  /** The range in words, as it follows "is" in messages. */
  readonly range: string;
  /** Whether a value is in the range. */
  readonly holds: (value: unknown) => boolean;
}

/** The rules of all options that an optimiser has. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule<Options[Name]> };

const isFiniteNumber = (value: unknown): value is number => Number.isFinite(value);

export function finite(otherwise?: number): OptionRule<number> {
  return { otherwise, range: 'a finite number', holds: isFiniteNumber };
}

export function nonNegative(otherwise?: number): OptionRule<number> {
  return {
    otherwise,
    range: 'a finite number of at least 0',
    holds: (value) => isFiniteNumber(value) && value >= 0,
  };
}

export function flag(otherwise: boolean): OptionRule<boolean> {
  return { otherwise, range: 'true or false', holds: (value) => typeof value === 'boolean' };
}

/** Two factors by which running means decay. */
export function decayPair(otherwise: readonly [number, number]): OptionRule<readonly [number, number]> {
  const isDecay = (value: unknown) => isFiniteNumber(value) && value >= 0 && value < 1;
  return {
    otherwise,
    range: 'two numbers from 0 to below 1',
    holds: (value) => Array.isArray(value) && value.length === 2 && value.every(isDecay),
  };
}

/** The options that are given, with defaults for the rest; the first source that has one wins. */
export function fillOptions<Options extends object>(
  rules: OptionRules<Options>,
  sources: readonly Partial<Options>[],
): Options {
  const names = Object.keys(rules) as (keyof Options)[];
  const chosen = (name: keyof Options) => {
    const source = sources.find((candidate) => candidate[name] !== undefined);
    return source === undefined ? rules[name].otherwise : source[name];
  };
  return Object.fromEntries(names.map((name) => [name, chosen(name)])) as Options;
}

/** Says which of the given options does not exist, if any. */
export function unknownOption<Options extends object>(
  rules: OptionRules<Options>,
  given: object,
): string | undefined {
  const known = Object.keys(rules);
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(rules, name));
  if (stranger === undefined) return undefined;
  const meant = nearestName(stranger, known);
  const hint = meant === undefined ? '' : `. Did you mean ${meant}?`;
  return `there is no option ${stranger}; there are ${known.join(', ')}${hint}`;
}

/** Says which option is out of its range, if any. */
export function optionOutOfRange<Options extends object>(
  rules: OptionRules<Options>,
  options: Options,
): string | undefined {
  const names = Object.keys(rules) as (keyof Options & string)[];
  const wrong = names.find((name) => !rules[name].holds(options[name]));
  return wrong && `${wrong} is ${rules[wrong].range}, got ${formatValue(options[wrong])}`;
}
