/** The tiles that matrix products are cut into, and which one suits which shape. */
import { ArgumentError, formatValue } from '../../../errors.js';
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
 * This is arithmetic: `npm run bench -- gpu-tiles` measures all tiles on the adapter at hand, next to those that are chosen here.
 */
export const SHAPE_CLASSES: readonly ShapeClass[] = [
  { name: 'a few columns', fits: ({ N }) => N <= 16, tiles: [tile(64, 16, 16, 4, 4)] },
  { name: 'a few rows', fits: ({ M }) => M <= 16, tiles: [tile(16, 64, 16, 4, 4)] },
  {
    name: 'tall products',
    fits: ({ N }) => N <= 32,
    tiles: [tile(128, 32, 16, 8, 4), tile(32, 32, 32, 4, 4)],
  },
  {
    name: 'wide products',
    fits: ({ M }) => M <= 32,
    tiles: [tile(32, 128, 16, 4, 8), tile(32, 32, 32, 4, 4)],
  },
  {
    name: 'all others',
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
  /** How many parts K is in. */
  readonly parts: number;
  /** How much of K a part has; a multiple of the tile's BK. */
  readonly depth: number;
}

/** The largest tile of the shape's class of which there are enough, and if there are too few of any, a part of K for each. */
export function cutOf(sizes: ProductSizes, { isIntel, isSoftware, cut: asked }: Capabilities): Cut {
  const { M, N, K, batch } = sizes;
  if (asked !== undefined) return cutNamed(asked, K);
  if (isSoftware) return cut(SMALLEST, 1, K);
  const { tiles } = SHAPE_CLASSES.find(({ fits }) => fits(sizes))!;
  const fitting = tiles.filter(({ TM, TN }) => TM * TN <= (isIntel ? 32 : 64));
  const count = ({ BM, BN }: Tile) => batch * Math.ceil(M / BM) * Math.ceil(N / BN);
  const chosen = fitting.find((each) => count(each) >= ENOUGH_WORKGROUPS) ?? fitting.at(-1)!;
  return cut(chosen, Math.min(Math.floor(K / LEAST_DEPTH), Math.ceil(ENOUGH_WORKGROUPS / count(chosen))), K);
}

/** K in about so many parts, each of whole tiles. */
function cut(of: Tile, parts: number, K: number): Cut {
  const depth = of.BK * Math.max(1, Math.ceil(K / Math.max(1, parts) / of.BK));
  return { tile: of, depth, parts: Math.max(1, Math.ceil(K / depth)) };
}

/**
 * The cut of a name such as `128x128x16/8x8@4`, the last number being that of the parts.
 * @throws ArgumentError for any other text.
 */
function cutNamed(name: string, K: number): Cut {
  const sizes = /^(\d+)x(\d+)x(\d+)\/(\d+)x(\d+)@(\d+)$/.exec(name)?.slice(1).map(Number);
  if (sizes === undefined) {
    throw new ArgumentError(
      'matmul',
      `a tile of the GPU is named like 128x128x16/8x8@1, got ${formatValue(name)}`,
    );
  }
  const [BM, BN, BK, TM, TN, parts] = sizes;
  return cut(tile(BM, BN, BK, TM, TN), parts, K);
}

/**
 * Whether a product is left to gpu.js's kernels, in which each invocation computes a sum by itself: with so few and short sums
 * nothing is gained by tiles, and a kernel less is to be compiled. Who asks for a cut gets it.
 */
export function isTiny({ M, N, K, batch }: ProductSizes, { cut: asked }: Capabilities): boolean {
  return asked === undefined && batch * M * N <= 1024 && K <= 32;
}
