/** The tiles of the GPU's matrix product: the measurement by which tile.ts of its kernels is tuned, on the adapter at hand. */
import { Generator, matmul, randn } from 'lowrank';
import type { Measurement, Suite } from '../suite.js';
import { type GpuCase, type GpuContestants, gpuCase } from './gpu-timing.js';

interface Sizes {
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

const BLOCKS = [16, 32, 64, 128];
const DEPTHS = [8, 16, 32];
const REGISTERS = [4, 8];

/** What every WebGPU device has: invocations of a workgroup, and bytes of its shared memory. */
const MOST_INVOCATIONS = 256;
const MOST_SHARED_BYTES = 16384;

/** A workgroup of less than a warp leaves lanes empty. */
const LEAST_INVOCATIONS = 32;

/** In how many parts K may be, where there are not enough tiles for a large card. */
const PARTS = [1, 4, 16];
const ENOUGH_TILES = 512;
const LEAST_DEPTH = 64;

/** The names of all tiles that make sense for a shape, as LOWRANK_GPU_TILE takes them. */
function tilesFor({ M, N, K }: Sizes): readonly string[] {
  const combined = BLOCKS.flatMap((BM) =>
    BLOCKS.flatMap((BN) =>
      DEPTHS.flatMap((BK) =>
        REGISTERS.flatMap((TM) => REGISTERS.map((TN) => ({ BM, BN, BK, TM, TN, tiles: tiles(BM, BN) }))),
      ),
    ),
  );
  function tiles(BM: number, BN: number): number {
    return Math.ceil(M / BM) * Math.ceil(N / BN);
  }
  return combined
    .filter(({ BM, BN, BK, TM, TN }) => {
      const invocations = (BM / TM) * (BN / TN);
      const fits = invocations <= MOST_INVOCATIONS && 4 * BK * (BM + BN) <= MOST_SHARED_BYTES;
      // Twice the lines that there are is as wide as a tile may be.
      return fits && invocations >= LEAST_INVOCATIONS && BM < 2 * M && BN < 2 * N && BK < 2 * K;
    })
    .flatMap((tile) =>
      PARTS.filter((parts) => parts === 1 || (tile.tiles < ENOUGH_TILES && K / parts >= LEAST_DEPTH)).map(
        (parts) => `${tile.BM}x${tile.BN}x${tile.BK}/${tile.TM}x${tile.TN}@${parts}`,
      ),
    );
}

/** How many are shown, beside lowrank's own choice. */
const SHOWN = 8;

function fastestFirst([chosen, ...others]: readonly Measurement[]): readonly Measurement[] {
  const sorted = [...others].sort((a, b) => a.milliseconds! - b.milliseconds!);
  const [winner, ...rest] = sorted.slice(0, SHOWN);
  return [chosen!, { ...winner!, note: 'the fastest' }, ...rest];
}

function tuning(shapeClass: string, { M, N, K }: Sizes, isForCards = true): GpuCase {
  return {
    name: `${shapeClass}: [${M}, ${K}] x [${K}, ${N}]`,
    flops: 2 * M * K * N,
    isForCards,
    conclude: fastestFirst,
    prepare: (): GpuContestants => {
      const generator = new Generator(1);
      const [a, b] = [randn([M, K], { generator }).to('gpu'), randn([K, N], { generator }).to('gpu')];
      const work = () => matmul(a, b);
      const named = tilesFor({ M, N, K }).map((tile) => [tile, { tile, work }] as const);
      return { 'as chosen': { work }, ...Object.fromEntries(named) };
    },
  };
}

export const gpuTilesSuite: Suite = {
  name: 'gpu-tiles',
  about:
    "all tiles of the GPU's matrix product for each class of shapes, the fastest first, next to what is chosen",
  onRequest: true,
  cases: [
    tuning('software', { M: 24, N: 24, K: 36 }, false),
    tuning('large squares', { M: 4096, N: 4096, K: 4096 }),
    tuning('large squares', { M: 2048, N: 2048, K: 2048 }),
    tuning('squares', { M: 1024, N: 1024, K: 1024 }),
    tuning('small squares', { M: 512, N: 512, K: 512 }),
    tuning('small squares', { M: 256, N: 256, K: 256 }),
    tuning('much to sum', { M: 64, N: 288, K: 16384 }),
    tuning('a few columns', { M: 4096, N: 8, K: 1024 }),
    tuning('a few rows', { M: 8, N: 1024, K: 4096 }),
    tuning('tall', { M: 4096, N: 32, K: 1024 }),
    tuning('wide', { M: 32, N: 4096, K: 1024 }),
    tuning('little to sum', { M: 4096, N: 1024, K: 8 }),
  ].map(gpuCase),
};
