/** Where bytes are read from piece by piece, so that a large file need not be read whole. */

/** A file that is open for reading. */
export interface ByteSource {
  /** Its length in bytes. */
  readonly size: number;
  /** A new array of the bytes from `begin` up to but without `end`, which lie within the file. */
  read(begin: number, end: number): Promise<Uint8Array>;
  /** Reads that have begun are completed first. */
  close(): Promise<void>;
}

/** A Blob, or a File that a user has picked: the browser reads the pieces from the disk. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (begin, end) => new Uint8Array(await blob.slice(begin, end).arrayBuffer()),
    close: async () => undefined,
  };
}
