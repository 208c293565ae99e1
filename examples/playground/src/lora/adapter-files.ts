/** An adapter as the two files that PEFT knows it by: chosen by the reader, and handed to them. */
import type { AdapterFiles } from 'lowrank';

const CONFIG = 'adapter_config.json';
const TENSORS = 'adapter_model.safetensors';

/** Adapters of this network have some ten kilobytes; what is larger than this is something else, and is not read. */
const MOST_BYTES = 2 ** 24;

/**
 * The contents of the files that were chosen. They may have other names: browsers number those that were downloaded twice.
 * @throws Error unless they are one `.json` and one `.safetensors` of a sensible size.
 */
export async function readAdapterFiles(files: readonly File[]): Promise<AdapterFiles> {
  const [config, tensors] = [onlyOne(files, '.json'), onlyOne(files, '.safetensors')];
  return { config: await config.text(), tensors: new Uint8Array(await tensors.arrayBuffer()) };
}

function onlyOne(files: readonly File[], ending: string): File {
  const [file, ...others] = files.filter(({ name }) => name.endsWith(ending));
  if (file === undefined || others.length > 0) {
    const names = files.map(({ name }) => name).join(', ') || 'none';
    throw new Error(
      `an adapter is two files, ${CONFIG} and ${TENSORS}: choose both at once. Chosen: ${names}`,
    );
  }
  if (file.size <= MOST_BYTES) return file;
  throw new Error(`${file.name} has ${file.size} bytes: an adapter of this network has far fewer`);
}

/** The files of an adapter by the names that PEFT looks for. */
export function filesToDownload({
  config,
  tensors,
}: AdapterFiles): readonly { name: string; content: Blob }[] {
  return [
    { name: CONFIG, content: new Blob([config], { type: 'application/json' }) },
    { name: TENSORS, content: new Blob([new Uint8Array(tensors)], { type: 'application/octet-stream' }) },
  ];
}

/** Lets the browser save a file. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads it after this turn of the event loop.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
