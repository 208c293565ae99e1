/** How kernels that look at whole lanes are launched: which lanes make a chunk. */
import type { Lanes } from '../lanes.js';
import type { Frame } from './frame.js';

/** How many floats a chunk should read at least: some ten microseconds of work. */
const CHUNK = 2 ** 14;

/** How many neighbouring lanes a block has: what is known of each of them stays in the first-level cache. */
const BLOCK = 1024;

/** The addresses of what a kernel reads and of what it writes. */
type Addresses = readonly [from: number, to: number];

/** Lanes that lie in one piece. */
export function launchRows(
  frame: Frame,
  kernel: string,
  { outer, length }: Lanes,
  addresses: Addresses,
  extra: readonly number[] = [],
): void {
  const perChunk = Math.ceil(CHUNK / length);
  frame.launch(kernel, Math.ceil(outer / perChunk), [...addresses, outer, length, perChunk, ...extra]);
}

/** Lanes whose values alternate, in blocks of neighbours. */
export function launchBlocks(
  frame: Frame,
  kernel: string,
  { outer, length, inner }: Lanes,
  addresses: Addresses,
  choice = 0,
): void {
  const blocks = outer * Math.ceil(inner / BLOCK);
  const perChunk = Math.ceil(CHUNK / (length * Math.min(inner, BLOCK)));
  const parameters = [...addresses, outer, length, perChunk, choice, inner, BLOCK];
  frame.launch(kernel, Math.ceil(blocks / perChunk), parameters);
}
