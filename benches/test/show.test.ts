/** What is made of results: the document and the picture. */
import { describe, expect, it } from '@jest/globals';
import { resultsDocument } from '../src/document.js';
import { picture } from '../src/picture.js';
import type { PeersResults, Results } from '../src/results.js';

const RUN: Results = {
  environment: {
    date: '2026-02-03T04:05:06.000Z',
    node: 'v24.1.0',
    v8: '13.6',
    platform: 'linux x64',
    cpu: 'a processor',
    cores: 2,
    memory: 4096,
    cpuInfo: {
      backend: 'wasm',
      simd: 'relaxed',
      wide: true,
      tile: '6x16',
      block: null,
      threads: 2,
      reasons: { gpu: 'there is none' },
    },
  },
  budget: { rounds: 9, seconds: 0.05, limit: 10, steps: 5000 },
  suites: [
    {
      name: 'matmul',
      about: 'products',
      cases: [
        {
          name: '[8, 8] x [8, 8]',
          measurements: [
            { contestant: 'lowrank', milliseconds: 0.123456, ratio: 1, gflops: 50 },
            { contestant: 'naive loops', milliseconds: 12.3456, ratio: 100, gflops: 0.5 },
          ],
        },
      ],
    },
    {
      name: 'tiles',
      about: 'tiles',
      cases: [{ name: 'tiles', measurements: [{ contestant: '4x8', note: 'cannot be had here' }] }],
    },
  ],
};

const PEERS: PeersResults = {
  environment: RUN.environment,
  cases: [
    {
      name: 'matmul-1024',
      about: 'a product',
      rows: [
        { engine: 'lowrank', threads: 1, wide: false, milliseconds: 30, gflops: 77, ratio: 1 },
        { engine: 'lowrank', threads: 2, wide: false, milliseconds: 15, gflops: 143, ratio: 1 },
        {
          engine: 'rival',
          threads: 1,
          wide: false,
          milliseconds: 100,
          gflops: 21.5,
          ratio: 6.67,
          about: '4.2',
        },
        { engine: 'other', threads: 1, wide: false, absent: 'it is not installed' },
      ],
    },
  ],
};

describe('the document', () => {
  const text = resultsDocument([RUN], [PEERS]);

  it('says where the results come from', () => {
    for (const fact of [
      '## lowrank on Node 24.1.0 with the wide pass',
      'Node 24.1.0 (V8 13.6), linux x64, a processor, 2 cores',
      'wasm backend, relaxed SIMD, wide pass on, register tile 6x16, 2 threads',
      'gpu not in use: there is none',
      'measured on 2026-02-03',
    ]) {
      expect(text).toContain(fact);
    }
  });

  it('has a table for each suite, with three digits, and notes where there are some', () => {
    expect(text).toContain('| case |  | ms | GFLOPS | time / first |\n| --- | --- | ---: | ---: | ---: |');
    expect(text).toContain('| [8, 8] x [8, 8] | lowrank | 0.123 | 50.0 | 1.00 |');
    expect(text).toContain('|  | naive loops | 12.3 | 0.500 | 100 |');
    expect(text).toContain('| tiles | 4x8 | cannot be had here |');
  });

  it('has the peers, those that were absent with the reason', () => {
    expect(text).toContain('| rival | 1 |  | 100 | 21.5 | 6.67 |  | 4.2 |');
    expect(text).toContain('- absent: other: it is not installed');
  });

  it('says how to repeat it', () => {
    expect(text).toContain('npm run bench:peers -- --json');
  });
});

describe('the picture', () => {
  it('is an SVG of the ratios to plain loops, in light and in dark', async () => {
    const svg = await picture(RUN);
    expect(svg).toMatch(/^<svg[^>]*><title>matmul: times as fast as plain loops<\/title><style>/);
    expect(svg).toContain('>[8, 8] x [8, 8]</text>');
    expect(svg).toContain('>100</text>');
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).toContain('fill="var(--ours)"');
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it('shows each peer with the most threads that it was measured with', async () => {
    const svg = await picture(RUN, PEERS);
    expect(svg).toContain('Matrix product 1024 x 1024');
    expect(svg).toContain('>143</text>');
    expect(svg).not.toContain('>77.0</text>');
    expect(svg).toContain('>rival</text>');
    expect(svg).not.toContain('>other</text>');
    expect(svg).toContain('fill="var(--rest)"');
  });

  it('is not made of nothing', async () => {
    await expect(picture({ ...RUN, suites: [] })).rejects.toThrow('nothing in these results');
  });
});
