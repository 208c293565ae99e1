/** What was asked for: by the environment at first, then by the setters of the package. */
import { platform } from '#platform';

export interface Settings {
  backend: 'wasm' | 'reference';
  /** Whether fused multiply-add may be used; `undefined` for where the engine has it. */
  simd: 'plain' | 'relaxed' | undefined;
  wide: boolean;
  /** `undefined` for as many as can run at once. */
  threads: number | undefined;
  /** A register tile and a block of the matrix product, such as `6x16` and `96x256`: for benches that compare them. */
  readonly tile: string | undefined;
  readonly block: string | undefined;
}

/** The environment's wishes. Anything that it does not say clearly it does not say. */
function settingsOfEnvironment(): Settings {
  const { environment } = platform;
  const threads = Number(environment('LOWRANK_NUM_THREADS'));
  const simd = environment('LOWRANK_SIMD');
  return {
    backend: environment('LOWRANK_BACKEND') === 'reference' ? 'reference' : 'wasm',
    simd: simd === 'plain' || simd === 'relaxed' ? simd : undefined,
    wide: environment('LOWRANK_WIDE_SIMD') === '1',
    threads: Number.isInteger(threads) && threads > 0 ? threads : undefined,
    tile: environment('LOWRANK_TILE'),
    block: environment('LOWRANK_BLOCK'),
  };
}

export const settings: Settings = settingsOfEnvironment();
