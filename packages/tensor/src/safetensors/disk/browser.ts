/** The disk where there is none: what pages can do instead. */
import type { ByteSource } from '../source.js';

export async function openFile(_path: string): Promise<ByteSource> {
  throw new Error('there are no files here. Pass a Blob to openSafetensors, or bytes to parseSafetensors');
}

export async function writeWhole(_path: string, _bytes: Uint8Array): Promise<void> {
  throw new Error('there are no files here. Offer the bytes of serializeSafetensors(tensors) as a download');
}

export async function writeTogether(
  _folder: string,
  _files: readonly (readonly [name: string, bytes: Uint8Array])[],
): Promise<void> {
  throw new Error('there are no files here. Offer their bytes as downloads');
}
