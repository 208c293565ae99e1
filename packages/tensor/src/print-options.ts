/** The settings that decide how tensors are printed, for the whole program. */
import { ArgumentError } from './errors.js';

/** How tensors are printed; the vocabulary and the defaults are those of `torch.set_printoptions`. */
export interface PrintOptions {
  /** Decimals of floating-point elements (default 4). */
  precision: number;
  /** Tensors of more elements than this are summarised with `...` (default 1000; `Infinity` for never). */
  threshold: number;
  /** Elements kept at either end of a summarised axis (default 3). */
  edgeItems: number;
  /** Characters per line before the elements of a row wrap (default 80). */
  lineWidth: number;
  /** Scientific notation: always (`true`), never (`false`), or where magnitudes call for it (`null`, default). */
  sciMode: boolean | null;
}

/** A named set of print options, as in `torch.set_printoptions(profile=...)`. */
export type PrintProfile = 'default' | 'short' | 'full';

const DEFAULTS: Readonly<PrintOptions> = {
  precision: 4,
  threshold: 1000,
  edgeItems: 3,
  lineWidth: 80,
  sciMode: null,
};

const PROFILES: Readonly<Record<PrintProfile, Readonly<PrintOptions>>> = {
  default: DEFAULTS,
  short: { ...DEFAULTS, precision: 2, edgeItems: 2 },
  full: { ...DEFAULTS, threshold: Number.POSITIVE_INFINITY },
};

interface Constraint {
  expected: string;
  accepts(value: unknown): boolean;
}

const CONSTRAINTS: Readonly<Record<keyof PrintOptions, Constraint>> = {
  precision: {
    expected: 'a whole number from 0 to 100',
    accepts: (value) => isWholeNumber(value) && value >= 0 && value <= 100,
  },
  threshold: {
    expected: 'a number that is not negative (Infinity to never summarise)',
    accepts: (value) => typeof value === 'number' && value >= 0,
  },
  edgeItems: {
    expected: 'a whole number of at least 1',
    accepts: (value) => isWholeNumber(value) && value >= 1,
  },
  lineWidth: {
    expected: 'a whole number of at least 1 (Infinity to never wrap)',
    accepts: (value) => (isWholeNumber(value) && value >= 1) || value === Number.POSITIVE_INFINITY,
  },
  sciMode: {
    expected: 'true, false or null (null chooses by magnitude)',
    accepts: (value) => value === null || typeof value === 'boolean',
  },
};

let current: Readonly<PrintOptions> = DEFAULTS;

/** The options in force, as last set by `setPrintOptions`. */
export function getPrintOptions(): Readonly<PrintOptions> {
  return current;
}

/**
 * Changes how tensors are printed from now on (`torch.set_printoptions`).
 *
 * A `profile` sets all options at once, and the options named beside it override it. Options that are
 * not named keep their value, except `sciMode`, which falls back to `null` as it does in PyTorch.
 *
 * @throws ArgumentError if an option or profile is unknown or its value is out of range; nothing changes then.
 * @example
 * setPrintOptions({ precision: 2 }); // tensor([1.12])
 * setPrintOptions({ profile: 'default' }); // tensor([1.1235])
 */
export function setPrintOptions(options: Partial<PrintOptions> & { profile?: PrintProfile }): void {
  if (typeof options !== 'object' || options === null) {
    throw refusal(`takes its options as an object, { precision: 2 }, got ${describe(options)}`);
  }
  const { profile, ...named } = options;
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) checkOption(name, value);
  current = { ...current, ...profileOptions(profile), sciMode: null, ...Object.fromEntries(given) };
}

function checkOption(name: string, value: unknown): void {
  if (!isOptionName(name)) {
    throw refusal(`unknown option '${name}'; the options are ${listNames(CONSTRAINTS)} and profile`);
  }
  const { accepts, expected } = CONSTRAINTS[name];
  if (!accepts(value)) throw refusal(`${name} must be ${expected}, got ${describe(value)}`);
}

function profileOptions(profile: PrintProfile | undefined): Readonly<Partial<PrintOptions>> {
  if (profile === undefined) return {};
  if (!Object.hasOwn(PROFILES, profile)) {
    throw refusal(`unknown profile ${describe(profile)}; the profiles are ${listNames(PROFILES)}`);
  }
  return PROFILES[profile];
}

function refusal(message: string): ArgumentError {
  return new ArgumentError('setPrintOptions', message);
}

function isOptionName(name: string): name is keyof PrintOptions {
  return Object.hasOwn(CONSTRAINTS, name);
}

function isWholeNumber(value: unknown): value is number {
  return Number.isInteger(value);
}

function listNames(table: object): string {
  return Object.keys(table).join(', ');
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
