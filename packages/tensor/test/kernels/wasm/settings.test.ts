/** Tests of what the environment can ask for. Each asks a module that is loaded anew under another environment. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Settings } from '../../../src/kernels/wasm/settings.js';

const NAMES = [
  'LOWRANK_BACKEND',
  'LOWRANK_SIMD',
  'LOWRANK_WIDE_SIMD',
  'LOWRANK_NUM_THREADS',
  'LOWRANK_TILE',
  'LOWRANK_BLOCK',
] as const;

let outside: Record<string, string | undefined>;

beforeEach(() => {
  outside = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));
  for (const name of NAMES) delete process.env[name];
});

afterEach(() => {
  for (const name of NAMES) {
    if (outside[name] === undefined) delete process.env[name];
    else process.env[name] = outside[name];
  }
});

async function settingsIn(environment: Partial<Record<(typeof NAMES)[number], string>>): Promise<Settings> {
  Object.assign(process.env, environment);
  jest.resetModules();
  return (await import('../../../src/kernels/wasm/settings.js')).settings;
}

describe('settings', () => {
  const DEFAULTS: Settings = {
    backend: 'wasm',
    simd: undefined,
    wide: false,
    threads: undefined,
    tile: undefined,
    block: undefined,
  };

  it('ask for the fast kernels, without the wide pass, and leave the rest open', async () => {
    expect(await settingsIn({})).toEqual(DEFAULTS);
  });

  it('are what the environment says', async () => {
    const settings = await settingsIn({
      LOWRANK_BACKEND: 'reference',
      LOWRANK_SIMD: 'plain',
      LOWRANK_WIDE_SIMD: '1',
      LOWRANK_NUM_THREADS: '3',
      LOWRANK_TILE: '6x16',
      LOWRANK_BLOCK: '48x256',
    });
    expect(settings).toEqual({
      backend: 'reference',
      simd: 'plain',
      wide: true,
      threads: 3,
      tile: '6x16',
      block: '48x256',
    });
  });

  it.each([
    { LOWRANK_NUM_THREADS: '0' },
    { LOWRANK_NUM_THREADS: '-2' },
    { LOWRANK_NUM_THREADS: '1.5' },
    { LOWRANK_NUM_THREADS: 'all' },
    { LOWRANK_NUM_THREADS: '' },
    { LOWRANK_SIMD: 'wide' },
    { LOWRANK_WIDE_SIMD: '0' },
    { LOWRANK_WIDE_SIMD: 'yes' },
    { LOWRANK_BACKEND: 'gpu' },
  ])('take no notice of %j', async (environment) => {
    expect(await settingsIn(environment)).toEqual(DEFAULTS);
  });
});
