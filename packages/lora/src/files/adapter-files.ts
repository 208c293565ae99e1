/** An adapter as PEFT's two files, in memory: for pages, and for whatever has bytes to read and write. */
import type { Module } from '@lowrank/nn';
import {
  checkOptions,
  DeviceError,
  FormatError,
  formatValue,
  parseSafetensors,
  type StoreOptions,
  serializeSafetensors,
  type Tensor,
  tensor,
} from '@lowrank/tensor';
import { adapterConfig, adapterTensors } from '../adapters/adapter-set.js';
import { attachAdapter } from './attach.js';
import { configOfPeft, type PeftConfig, type PeftNotes, peftConfig } from './peft-config.js';

/** The contents of the two files of an adapter. */
export interface AdapterFiles {
  /** `adapter_config.json` */
  readonly config: string;
  /** `adapter_model.safetensors` */
  readonly tensors: Uint8Array;
}

/** How an adapter is saved: `storeAs: { float32: 'BF16' }` halves the file. */
export interface SaveAdapterOptions extends PeftNotes, StoreOptions {}

/**
 * An adapter as the files that PEFT's `save_pretrained` writes. `saveAdapter` writes them into a folder.
 * @throws ArgumentError if the model has no such adapter, or its config has no place in the files.
 * @throws DeviceError on the GPU, which only `saveAdapter` can wait for.
 * @example
 * const { config, tensors } = serializeAdapter(model, 'style');
 */
export function serializeAdapter(
  model: Module,
  name: string,
  options: SaveAdapterOptions = {},
): AdapterFiles {
  const op = 'serializeAdapter';
  const { config, tensors } = contentOf(op, model, name, options);
  if ([...tensors.values()].some(({ device }) => device === 'gpu')) {
    throw new DeviceError(
      op,
      'the adapter is on the GPU, whose values must be awaited: use await saveAdapter(...), or await model.cpu() first',
    );
  }
  return { config, tensors: bytesOf(tensors, options) };
}

/**
 * The text of the config, and the tensors by their keys.
 * @param op In whose name errors are thrown.
 */
export function contentOf(op: string, model: Module, name: string, notes: PeftNotes) {
  const tensors: ReadonlyMap<string, Tensor> = adapterTensors(op, model, name);
  const config = peftConfig(op, adapterConfig(op, model, name), [...tensors.keys()], notes);
  return { config: JSON.stringify(Object.fromEntries(Object.entries(config).sort()), null, 2), tensors };
}

/** The file of tensors, which are on the CPU. */
export function bytesOf(tensors: ReadonlyMap<string, Tensor>, options: StoreOptions): Uint8Array {
  return serializeSafetensors(Object.fromEntries(tensors), { format: 'pt' }, options);
}

/**
 * Adds the adapter in PEFT's files to a model. Everything is checked first: if anything does not fit, the model stays as it
 * is. `loadAdapter` reads the files from a folder.
 *
 * @param name What the adapter is called from now on; PEFT's files hold no name.
 * @throws FormatError if the files are broken, ask for what lowrank has not, or do not fit the model; it names every tensor
 * that is missing, unexpected, or of another shape.
 * @example
 * const config = await (await fetch('style/adapter_config.json')).text();
 * const bytes = await (await fetch('style/adapter_model.safetensors')).arrayBuffer();
 * deserializeAdapter(model, { config, tensors: new Uint8Array(bytes) }, 'style');
 */
export function deserializeAdapter(model: Module, files: AdapterFiles, name: string): void {
  const op = 'deserializeAdapter';
  checkOptions(op, files);
  const config = configOfPeft(op, parseConfig(op, files.config));
  const { tensors } = parseSafetensors(files.tensors);
  // The bytes stay the caller's: an adapter has values of its own.
  const copies = Object.entries(tensors).map(([key, value]) => [key, tensor(value)] as const);
  attachAdapter(op, model, config, name, Object.fromEntries(copies));
}

/** @throws FormatError unless the text is a JSON object. */
export function parseConfig(op: string, text: string): PeftConfig {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(op, `adapter_config.json is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config as PeftConfig;
  throw new FormatError(op, `adapter_config.json is not an object but ${formatValue(config)}`);
}
