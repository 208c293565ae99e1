// Tests of tile and block, which processes are asked for by their environment: the product stays the same.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';

const bundle = new URL('../../../dist/bundle.js', import.meta.url);

const script = `
  import { cpuInfo, Generator, matmul, randn } from '${bundle}';
  const generator = new Generator(1);
  const c = matmul(randn([101, 67], { generator }), randn([67, 131], { generator }));
  const { tile, block } = cpuInfo();
  console.log(JSON.stringify({ tile, block, values: c.flatten().tolist() }));
`;

interface Product {
  readonly tile: string;
  readonly block: string | null;
  readonly values: readonly number[];
}

function productIn(environment: Readonly<Record<string, string>>): Product {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { ...process.env, LOWRANK_BACKEND: 'wasm', LOWRANK_WIDE_SIMD: '0', ...environment },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('a product', () => {
  let usual: Product;
  beforeAll(() => {
    usual = productIn({});
  });

  it('has the small tile and no block of its own without the wide pass', () => {
    expect(usual).toMatchObject({ tile: '4x8', block: null });
  });

  it.each(['4x8', '6x16'])('is the same to the bit by the tile %s, which sums in the same order', (tile) => {
    expect(productIn({ LOWRANK_TILE: tile })).toEqual({ ...usual, tile });
  });

  it.each(['12x16', '48x256'])('is the same to the bit in blocks of %s', (block) => {
    expect(productIn({ LOWRANK_BLOCK: block })).toEqual({ ...usual, block });
  });

  it.each<Readonly<Record<string, string>>>([
    { LOWRANK_TILE: '8x8' },
    { LOWRANK_BLOCK: '0x16' },
    { LOWRANK_BLOCK: '13x16' },
    { LOWRANK_BLOCK: '96' },
  ])('takes no notice of %j, which does not exist', (environment) => {
    expect(productIn(environment)).toEqual(usual);
  });
});
