/** The config of an adapter as PEFT's adapter_config.json has it, and back. */
import { ArgumentError, checkOptions, FormatError, formatValue } from '@lowrank/tensor';
import { ALL_LINEAR, type CheckedConfig, type LoraConfig, type ModuleNames } from '../config.js';

/** What an adapter_config.json holds: values by key. */
export type PeftConfig = Readonly<Record<string, unknown>>;

/** What PEFT keeps of an adapter apart from what it computes. */
export interface PeftNotes {
  /** The name or path of the base model, `base_model_name_or_path`. Default none. */
  readonly baseModel?: string;
  /** What the model is for, `task_type`, such as `'CAUSAL_LM'`. Default none. */
  readonly taskType?: string;
}

/** PEFT's key for an option of ours; `write` and `read` where the value is another too. */
interface Field {
  readonly key: string;
  readonly write?: (value: never, op: string) => unknown;
  readonly read?: (value: unknown) => unknown;
}

/** `null` is PEFT's word for no names. */
const nullIfEmpty = <T extends { readonly length: number }>(names: T) => (names.length === 0 ? null : names);

const FIELDS: Readonly<Record<keyof LoraConfig, Field>> = {
  r: { key: 'r' },
  alpha: { key: 'lora_alpha' },
  dropout: { key: 'lora_dropout' },
  targetModules: { key: 'target_modules', write: patternOf },
  excludeModules: {
    key: 'exclude_modules',
    write: (names: ModuleNames, op) => nullIfEmpty(patternOf(names, op)),
  },
  rankPattern: { key: 'rank_pattern' },
  alphaPattern: { key: 'alpha_pattern' },
  useRslora: { key: 'use_rslora' },
  useDora: { key: 'use_dora' },
  init: { key: 'init_lora_weights', write: (init) => init === 'default' || init, read: readInit },
  bias: { key: 'bias' },
  modulesToSave: { key: 'modules_to_save', write: nullIfEmpty },
  layersToTransform: { key: 'layers_to_transform', write: nullIfEmpty },
  layersPattern: { key: 'layers_pattern', write: nullIfEmpty },
};

/** PEFT matches strings against the whole path; a RegExp is searched for. */
function patternOf(names: ModuleNames, op: string): string | readonly string[] {
  if (!(names instanceof RegExp)) return names;
  if (names.flags === '') return `.*(?:${names.source}).*`;
  throw new ArgumentError(
    op,
    `PEFT's files have no place for the flags of ${names}. Adapt with a regular expression without flags`,
  );
}

/** EVA begins with an A of its own, which the file holds; it differs in nothing else. */
function readInit(init: unknown): unknown {
  return init === true || init === 'eva' ? 'default' : init;
}

/** What our files say of matters that PEFT knows and lowrank does not. */
const ALWAYS: PeftConfig = {
  auto_mapping: null,
  fan_in_fan_out: false,
  // As PEFT writes it: who loads an adapter decides whether it is trained on.
  inference_mode: true,
  peft_type: 'LORA',
  revision: null,
};

/**
 * The adapter_config.json of an adapter.
 * @param keys Those of its tensors. The layers that they name stand for `'all-linear'`, as in PEFT's own files.
 * @throws ArgumentError for a regular expression that cannot be written, or notes that are no text.
 */
export function peftConfig(
  op: string,
  config: CheckedConfig,
  keys: readonly string[],
  notes: PeftNotes = {},
): PeftConfig {
  const named = config.targetModules === ALL_LINEAR ? { ...config, targetModules: layersOf(keys) } : config;
  const fields = Object.entries(FIELDS).map(([option, { key, write = same }]) => [
    key,
    write(named[option as keyof LoraConfig] as never, op),
  ]);
  checkOptions(op, notes);
  const { baseModel = null, taskType = null } = notes;
  for (const [note, text] of Object.entries({ baseModel, taskType })) {
    if (text !== null && typeof text !== 'string') {
      throw new ArgumentError(op, `${note} is a text, got ${formatValue(text)}`);
    }
  }
  return {
    ...ALWAYS,
    base_model_name_or_path: baseModel,
    task_type: taskType,
    ...Object.fromEntries(fields),
  };
}

const same = <T>(value: T): T => value;

/** The paths of the Linear layers that have an A among these tensors. */
function layersOf(keys: readonly string[]): string[] {
  return keys.flatMap((key) => LINEAR_A.exec(key)?.[1] ?? []);
}

const LINEAR_A = /^base_model\.model\.(.*)\.lora_A\.weight$/;

/** Keys that may say anything, since nothing that an adapter computes once it is loaded depends on them. */
const HARMLESS: ReadonlySet<string> = new Set([
  'auto_mapping',
  'base_model_name_or_path',
  'eva_config',
  // Whether the base layer holds its weight transposed. A and B are the same in either case.
  'fan_in_fan_out',
  'inference_mode',
  'megatron_core',
  'peft_version',
  'qalora_group_size',
  'revision',
  'runtime_config',
  'task_type',
]);

const OPTIONS: ReadonlyMap<string, keyof LoraConfig> = new Map(
  Object.entries(FIELDS).map(([option, { key }]) => [key, option as keyof LoraConfig]),
);

/**
 * The config that an adapter_config.json describes. Whether its values are sensible is seen when it is used.
 * @throws FormatError if it is none of LoRA's, or asks for something that changes what the adapter computes and that
 * lowrank has not.
 */
export function configOfPeft(op: string, file: PeftConfig): LoraConfig {
  if (file.peft_type !== 'LORA') {
    const found = formatValue(file.peft_type);
    throw new FormatError(op, `adapter_config.json: peft_type is ${found}; only "LORA" can be loaded`);
  }
  const options: [string, unknown][] = [];
  for (const [key, value] of Object.entries(file)) {
    const option = OPTIONS.get(key);
    if (option !== undefined) {
      // PEFT writes null for what is at its default.
      if (value !== null) options.push([option, (FIELDS[option].read ?? same)(value)]);
    } else if (key !== 'peft_type' && !HARMLESS.has(key) && !isInactive(value)) {
      throw new FormatError(
        op,
        `adapter_config.json: ${key} is ${formatValue(value)}, which lowrank does not know. It may change what the ` +
          'adapter computes, so that it is not loaded without it',
      );
    }
  }
  return Object.fromEntries(options) as unknown as LoraConfig;
}

/** What says that a feature is not used. */
function isInactive(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === null || value === false;
}
