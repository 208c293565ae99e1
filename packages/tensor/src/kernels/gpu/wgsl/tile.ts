/** The tiles that matrix products are cut into, and which one suits which shape. */
import type { Capabilities } from './program.js';

/**
 * A workgroup sums BM x BN values of C, BK products of each at a time, for which it brings BM x BK values of A and BK x BN of B to
 * shared memory; an invocation keeps TM x TN of the sums in registers. All are powers of two, TM and TN multiples of 4, because
 * shared memory is read four values at a time.
 */
export interface Tile {
  readonly BM: number;
  readonly BN: number;
  readonly BK: number;
  readonly TM: number;
  readonly TN: number;
}

/** The number of invocations that compute a tile. */
export const threadsOf = ({ BM, BN, TM, TN }: Tile): number => (BM / TM) * (BN / TN);

/** Such as `128x128x16/8x8`. */
export const nameOf = ({ BM, BN, BK, TM, TN }: Tile): string => `${BM}x${BN}x${BK}/${TM}x${TN}`;

const tile = (BM: number, BN: number, BK: number, TM: number, TN: number): Tile => ({ BM, BN, BK, TM, TN });

/** The sizes that the choice of a tile depends on. */
export interface ProductSizes {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly batch: number;
}

/** Shapes that want the same tiles. */
export interface ShapeClass {
  readonly name: string;
  readonly fits: (sizes: ProductSizes) => boolean;
  /** From the largest, which reads the least, to the smallest, of which there are the most. */
  readonly tiles: readonly Tile[];
}

/**
 * The first class that fits has a product's tiles. Per value that an invocation of 8 x 8 sums it reads a quarter of a value from
 * shared memory, 4 x 4 a half; 8 x 8 sums, operands and what was read ahead are about 110 registers, so that two workgroups of 256
 * fit into the 65,536 of a multiprocessor of Nvidia's. A thin product has smaller tiles so that few of their lines are empty.
 */
export const SHAPE_CLASSES: readonly ShapeClass[] = [
  { name: 'a few columns', fits: ({ N }) => N <= 16, tiles: [tile(64, 16, 16, 4, 4)] },
  { name: 'a few rows', fits: ({ M }) => M <= 16, tiles: [tile(16, 64, 16, 4, 4)] },
  { name: 'tall', fits: ({ N }) => N <= 32, tiles: [tile(128, 32, 16, 8, 4), tile(32, 32, 32, 4, 4)] },
  { name: 'wide', fits: ({ M }) => M <= 32, tiles: [tile(32, 128, 16, 4, 8), tile(32, 32, 32, 4, 4)] },
  {
    name: 'both long',
    fits: () => true,
    tiles: [tile(128, 128, 16, 8, 8), tile(64, 64, 16, 8, 4), tile(32, 32, 16, 4, 4)],
  },
];

/** For adapters in software: the time to compile grows with the shared memory. */
const SMALLEST = tile(16, 16, 8, 4, 4);

/** Workgroups that keep the largest adapters busy: two for each of about 130 multiprocessors. */
const ENOUGH_WORKGROUPS = 256;

/** A part of K has at least so many products for each sum: parts must be added up, by another kernel. */
const LEAST_DEPTH = 128;

/** How a product is cut. */
export interface Cut {
  readonly tile: Tile;
  /** How much of K a workgroup sums; a multiple of the tile's BK. */
  readonly depth: number;
}

/** Sums that an invocation can keep in registers; an invocation of Intel's has half as many registers as others. */
const mostSums = (vendor: string) => (vendor === 'intel' ? 32 : 64);

/** The largest tile of the shape's class of which there are enough, and if there are too few of any, a part of K for each. */
export function cutOf(sizes: ProductSizes, { vendor, isSoftware, cut }: Capabilities): Cut {
  const asked = cut === undefined ? undefined : cutNamed(cut);
  if (asked !== undefined) return asked;
  const { M, N, K, batch } = sizes;
  const count = ({ BM, BN }: Tile) => batch * Math.ceil(M / BM) * Math.ceil(N / BN);
  if (isSoftware) return { tile: SMALLEST, depth: depthOf(K, 1, SMALLEST) };
  const { tiles } = SHAPE_CLASSES.find(({ fits }) => fits(sizes))!;
  const fitting = tiles.filter(({ TM, TN }) => TM * TN <= mostSums(vendor));
  const chosen = fitting.find((each) => count(each) >= ENOUGH_WORKGROUPS) ?? fitting.at(-1)!;
  const parts = Math.min(Math.floor(K / LEAST_DEPTH), Math.ceil(ENOUGH_WORKGROUPS / count(chosen)));
  return { tile: chosen, depth: depthOf(K, parts, chosen) };
}

/** K in so many parts, each of whole tiles. */
export function depthOf(K: number, parts: number, { BK }: Tile): number {
  return BK * Math.max(1, Math.ceil(K / Math.max(1, parts) / BK));
}

export const nameOfCut = ({ tile, depth }: Cut): string => `${nameOf(tile)}@${depth}`;

/** The cut of a name such as `128x128x16/8x8@4096`; nothing for what is none. */
function cutNamed(name: string): Cut | undefined {
  const sizes = /^(\d+)x(\d+)x(\d+)\/(\d+)x(\d+)@(\d+)$/.exec(name)?.slice(1).map(Number);
  if (sizes === undefined) return undefined;
  const [BM, BN, BK, TM, TN, depth] = sizes;
  return { tile: tile(BM, BN, BK, TM, TN), depth };
}
