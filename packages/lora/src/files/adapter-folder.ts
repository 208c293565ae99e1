/** An adapter as PEFT's two files, in a folder. */
import type { Module } from '@lowrank/nn';
import {
  ArgumentError,
  FormatError,
  formatValue,
  loadSafetensors,
  readSmallFile,
  writeFiles,
} from '@lowrank/tensor';
import { bytesOf, contentOf, parseConfig, type SaveAdapterOptions } from './adapter-files.js';
import { attachAdapter } from './attach.js';
import { configOfPeft } from './peft-config.js';

const CONFIG_FILE = 'adapter_config.json';
const TENSORS_FILE = 'adapter_model.safetensors';

/** No config comes near this: what is larger is something else, and is not read. */
const MAX_CONFIG_BYTES = 2 ** 24;

/**
 * Writes an adapter as PEFT's `save_pretrained` does: `adapter_config.json` and `adapter_model.safetensors`. Both are written
 * or none: if anything goes wrong, files that were there before are put back. The factor of `scaleAdapter` is not saved, as
 * in PEFT: it is how an adapter is used, and not what it is.
 *
 * @param folder Made if it is not there.
 * @throws ArgumentError if the model has no such adapter, or its config has no place in the files; FormatError if they cannot
 * be written.
 * @example await saveAdapter(model, 'style', 'adapters/style', { baseModel: 'mnist-cnn' });
 */
export async function saveAdapter(
  model: Module,
  name: string,
  folder: string,
  options: SaveAdapterOptions = {},
): Promise<void> {
  const op = 'saveAdapter';
  checkFolder(op, folder);
  const { config, tensors } = contentOf(op, model, name, options);
  // As it is now, though training may go on meanwhile.
  const read = Array.from(tensors, async ([key, tensor]) => [key, await tensor.detach().cpu()] as const);
  const bytes = bytesOf(new Map(await Promise.all(read)), options);
  // The config comes last: without it nobody takes the folder for an adapter.
  await writeFiles(op, folder, [
    [TENSORS_FILE, bytes],
    [CONFIG_FILE, new TextEncoder().encode(config)],
  ]);
}

/**
 * Adds an adapter that `saveAdapter` or PEFT has written to a model. Everything is read and checked first: if anything does
 * not fit, the model stays as it is.
 *
 * @param name What the adapter is called from now on; PEFT's files hold no name.
 * @throws FormatError if the files cannot be read, are broken, ask for what lowrank has not, or do not fit the model; it
 * names every tensor that is missing, unexpected, or of another shape.
 * @example await loadAdapter(model, 'adapters/style', 'style');
 */
export async function loadAdapter(model: Module, folder: string, name: string): Promise<void> {
  const op = 'loadAdapter';
  checkFolder(op, folder);
  const bytes = await readSmallFile(op, `${folder}/${CONFIG_FILE}`, MAX_CONFIG_BYTES);
  const config = configOfPeft(op, parseConfig(op, decode(op, bytes)));
  const { tensors } = await loadSafetensors(`${folder}/${TENSORS_FILE}`);
  attachAdapter(op, model, config, name, tensors);
}

function decode(op: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError(op, `${CONFIG_FILE} is not UTF-8`, { cause });
  }
}

function checkFolder(op: string, folder: unknown): void {
  if (typeof folder === 'string' && folder !== '') return;
  throw new ArgumentError(op, `takes the path of a folder, got ${formatValue(folder)}`);
}
