/** The register tiles and blocks of the matrix product: the measurement by which they are chosen. */
import { inProcesses, type Programs } from '../processes.js';
import type { ProductOptions } from '../programs/product.js';
import type { Suite } from '../suite.js';

/** Rows x columns of a register tile. */
const TILES = ['4x8', '6x16'];

/** Which instructions the kernels may use: those of any engine, fused multiply-add, and V8's wide pass on top. */
const INSTRUCTIONS = [
  { simd: 'plain', wide: false },
  { simd: 'relaxed', wide: false },
  { simd: 'plain', wide: true },
  { simd: 'relaxed', wide: true },
];

/** Rows x columns of C that are computed in one go. */
const BLOCKS = ['48x256', '96x128', '96x256', '192x256', '96x512'];

const SQUARES = [512, 1024];

/** All on one thread: the choice is about what a core does. */
function program(n: number, seconds: number, asked: Readonly<Record<string, string | boolean>>) {
  const { simd, wide, tile, block } = asked;
  const env = {
    LOWRANK_NUM_THREADS: '1',
    ...(simd !== undefined && { LOWRANK_SIMD: String(simd) }),
    ...(wide !== undefined && { LOWRANK_WIDE_SIMD: wide ? '1' : '0' }),
    ...(tile !== undefined && { LOWRANK_TILE: String(tile) }),
    ...(block !== undefined && { LOWRANK_BLOCK: String(block) }),
  };
  const options: ProductOptions = { n, seconds, expected: asked };
  return { file: 'product', options, env };
}

function tilePrograms(n: number, seconds: number): Programs {
  const entries = INSTRUCTIONS.flatMap(({ simd, wide }) =>
    TILES.map((tile) => {
      const contestant = `${tile}, ${simd} SIMD${wide ? ', wide pass' : ''}`;
      return [contestant, program(n, seconds, { simd, wide, tile })] as const;
    }),
  );
  return Object.fromEntries(entries);
}

function blockPrograms(n: number, seconds: number): Programs {
  return Object.fromEntries(BLOCKS.map((block) => [block, program(n, seconds, { block })]));
}

export const tilesSuite: Suite = {
  name: 'tiles',
  about: 'register tiles and blocks of the matrix product, on one thread, each in its own process',
  onRequest: true,
  cases: SQUARES.flatMap((n) => [
    inProcesses({ name: `tiles, ${n}`, programs: ({ seconds }) => tilePrograms(n, seconds) }),
    inProcesses({ name: `blocks, ${n}`, programs: ({ seconds }) => blockPrograms(n, seconds) }),
  ]),
};
