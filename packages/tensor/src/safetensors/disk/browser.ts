/** The disk where there is none: what pages can do instead. */

export async function readWhole(_path: string): Promise<Uint8Array> {
  throw new Error('there are no files here. Fetch the bytes and use parseSafetensors(bytes)');
}

export async function writeWhole(_path: string, _bytes: Uint8Array): Promise<void> {
  throw new Error('there are no files here. Offer the bytes of serializeSafetensors(tensors) as a download');
}
