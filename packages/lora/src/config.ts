/** What an adapter is: its config, the defaults, and what is checked before any model is touched. */
import {
  fillOptions,
  flag,
  nonNegative,
  type OptionRules,
  optionOutOfRange,
  unknownOption,
} from '@lowrank/nn';
import { ArgumentError, checkOptions } from '@lowrank/tensor';

/** How A and B may begin. */
export const INITS = ['default', 'gaussian', 'orthogonal', 'pissa', 'olora', false] as const;
export type Init = (typeof INITS)[number];

/** Which biases of the base model may be trained with an adapter. */
export const TRAINED_BIASES = ['none', 'all', 'lora_only'] as const;
export type TrainedBiases = (typeof TRAINED_BIASES)[number];

/** Stands for every `Linear` in the place of names. */
export const ALL_LINEAR = 'all-linear';

/**
 * Names of modules. In a list each is a path, such as `layers.0.fc`, or the end of one, such as `fc`. A string by itself
 * is a regular expression that the whole path has to match, as in PEFT; a RegExp is searched for in the path.
 */
export type ModuleNames = string | RegExp | readonly string[];

/** The config of an adapter, with PEFT's meaning and defaults. */
export interface LoraConfig {
  /** The rank of the updates. Default 8. */
  readonly r?: number;
  /** The updates are scaled by alpha / r. Default 8. */
  readonly alpha?: number;
  /** The probability with which an input of A is set to 0 in training. Default 0. */
  readonly dropout?: number;
  /** Which modules are adapted; `'all-linear'` stands for every `Linear`. */
  readonly targetModules: ModuleNames;
  /** Which of these are left as they are. Default: none. */
  readonly excludeModules?: ModuleNames;
  /** Ranks other than `r`, by path, end of a path, or regular expression for one. */
  readonly rankPattern?: Readonly<Record<string, number>>;
  /** Alphas other than `alpha`, likewise. */
  readonly alphaPattern?: Readonly<Record<string, number>>;
  /** Scale by alpha / sqrt(r) instead (rank-stabilised LoRA, Kalajdzievski, 2023). Default false. */
  readonly useRslora?: boolean;
  /** Train the lengths of the weight vectors apart from their directions (DoRA, Liu et al., 2024). Default false. */
  readonly useDora?: boolean;
  /** How A and B begin. Default `'default'`: A Kaiming-uniform, B zero, so that nothing changes. `false`: both random. */
  readonly init?: Init;
  /** Which biases of the base model are trained too: none, all, or those of adapted layers. Default `'none'`. */
  readonly bias?: TrainedBiases;
  /** Modules of which the adapter trains and saves a copy of its own, such as a new head. By path, or end of one. */
  readonly modulesToSave?: readonly string[];
  /** Adapt only layers of these numbers, such as 3 of `layers.3.fc`. Needs `targetModules` as a list. Default: all. */
  readonly layersToTransform?: number | readonly number[];
  /** What the list of layers is called, such as `layers`. Default: whatever stands before the first number in a path. */
  readonly layersPattern?: string | readonly string[];
}

/** A config that was checked, with defaults filled in; what may stand alone is in a list. */
export interface CheckedConfig extends Required<LoraConfig> {
  readonly layersToTransform: readonly number[];
  readonly layersPattern: readonly string[];
}

const isString = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isString);
const isNames = (value: unknown) => isString(value) || value instanceof RegExp || isStrings(value);
/** Whether a value is a rank, apart from what is adapted. */
export const isRank = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;
const isAlpha = (value: unknown) => Number.isFinite(value) && (value as number) >= 0;
const isLayerNumber = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;

function isPattern(value: unknown, holds: (entry: unknown) => boolean): boolean {
  return isPlainObject(value) && Object.values(value).every(holds);
}

/** An object by itself, not one of a class such as Map, whose entries are no fields. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** An option that has a few values. */
export function oneOf<const T>(values: readonly T[], otherwise: T) {
  return {
    otherwise,
    range: `one of ${values.map((value) => (typeof value === 'string' ? `'${value}'` : value)).join(', ')}`,
    holds: (value: unknown) => values.some((known) => known === value),
  };
}

const NAMES = 'a list of names, a regular expression as a string, or a RegExp';

/** What each option of a config may be. */
export const CONFIG_RULES: OptionRules<LoraConfig> = {
  r: { otherwise: 8, range: 'a rank, a whole number of at least 1', holds: isRank },
  alpha: nonNegative(8),
  dropout: {
    otherwise: 0,
    range: 'a probability, from 0 to below 1',
    holds: (value) => isAlpha(value) && (value as number) < 1,
  },
  targetModules: {
    otherwise: undefined,
    range: `${NAMES}, or '${ALL_LINEAR}'`,
    holds: (value) => isNames(value) && (value as { length?: number }).length !== 0,
  },
  excludeModules: { otherwise: [], range: NAMES, holds: isNames },
  rankPattern: {
    otherwise: {},
    range: 'an object of ranks by name, each a whole number of at least 1',
    holds: (value) => isPattern(value, isRank),
  },
  alphaPattern: {
    otherwise: {},
    range: 'an object of numbers of at least 0 by name',
    holds: (value) => isPattern(value, isAlpha),
  },
  useRslora: flag(false),
  useDora: flag(false),
  init: oneOf(INITS, 'default'),
  bias: oneOf(TRAINED_BIASES, 'none'),
  modulesToSave: { otherwise: [], range: 'a list of names', holds: isStrings },
  layersToTransform: {
    otherwise: [],
    range: 'the number of a layer, or a list of them',
    holds: (value) => (Array.isArray(value) ? value : [value]).every(isLayerNumber),
  },
  layersPattern: {
    otherwise: [],
    range: 'a name, or a list of names',
    holds: (value) => isString(value) || isStrings(value),
  },
};

/**
 * Options with their defaults filled in.
 * @param op What error messages call the function that was handed the options.
 * @throws ArgumentError that names the first one that is unknown (and the nearest known one), or out of its range.
 */
export function checkedOptions<Options extends object>(
  op: string,
  rules: OptionRules<Options>,
  given: Options,
): Options {
  checkOptions(op, given);
  const filled = fillOptions(rules, [given]);
  const problem = unknownOption(rules, given) ?? optionOutOfRange(rules, filled);
  if (problem !== undefined) throw new ArgumentError(op, problem);
  return filled;
}

/**
 * A config with its defaults filled in, which what happens to the given one does not change.
 * @param op What error messages call the function that was handed the config.
 * @throws ArgumentError that names the first key that is unknown (and the nearest known one), or out of its range.
 */
export function checkConfig(op: string, config: LoraConfig): CheckedConfig {
  const filled = checkedOptions(op, CONFIG_RULES, config) as Required<LoraConfig>;
  const conflict = conflictOf(filled);
  if (conflict !== undefined) throw new ArgumentError(op, conflict);
  const { targetModules, excludeModules, rankPattern, alphaPattern, modulesToSave } = filled;
  return {
    ...filled,
    targetModules: isAllLinear(targetModules) ? ALL_LINEAR : ownNames(targetModules),
    excludeModules: ownNames(excludeModules),
    rankPattern: { ...rankPattern },
    alphaPattern: { ...alphaPattern },
    modulesToSave: [...modulesToSave],
    layersToTransform: [filled.layersToTransform].flat(),
    layersPattern: [filled.layersPattern].flat(),
  };
}

/** In any case of letters, as in PEFT. */
function isAllLinear(names: ModuleNames): boolean {
  return typeof names === 'string' && names.toLowerCase() === ALL_LINEAR;
}

function ownNames(names: ModuleNames): ModuleNames {
  return typeof names === 'string' || names instanceof RegExp ? names : [...names];
}

/** Says what is wrong with options that do not go together, if anything. */
function conflictOf({
  targetModules,
  layersToTransform,
  layersPattern,
}: Required<LoraConfig>): string | undefined {
  const numbers = [layersToTransform].flat();
  if (numbers.length > 0 && !Array.isArray(targetModules)) {
    return 'layersToTransform picks among a list of names: give targetModules as a list, or write the numbers into the regular expression';
  }
  if (numbers.length === 0 && [layersPattern].flat().length > 0) {
    return 'layersPattern says what the layers of layersToTransform are called: give that too';
  }
  return undefined;
}

/** alpha / r, or alpha / sqrt(r) where it is rank-stabilised: the factor of an update. */
export function scaleOf(rank: number, alpha: number, useRslora: boolean): number {
  return alpha / (useRslora ? Math.sqrt(rank) : rank);
}
