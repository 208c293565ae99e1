/** Reads the text that the build embeds wasm modules as: tools/wasm/binary-text.mjs tells why it is none of the usual kinds. */
import { unpacker } from './generated/binaries.js';

/** What packages/tensor/assembly/unpack.ts exports. */
interface Unpacker {
  readonly memory: WebAssembly.Memory;
  readonly unpack: (length: number) => number;
}

/** The bytes that a text stands for. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(unpacker)));
  const { memory, unpack } = exports as unknown as Unpacker;
  const bytes = new Uint8Array(memory.buffer as ArrayBuffer);
  new TextEncoder().encodeInto(text, bytes);
  return bytes.slice(0, unpack(text.length));
}
