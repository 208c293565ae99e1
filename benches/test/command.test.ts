/** The bench command: which suites it runs, what it prints and writes. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { getNumThreads, setNumThreads, setWideSimd } from 'lowrank';
import { benchCommand, SUITES } from '../src/command.js';

/** The least that can be measured: whether the suites run is what counts here. */
const BUDGET = { rounds: 1, seconds: 1e-3, limit: 0, steps: 9 };

/** What takes long and shows nothing that the others do not, or has a test of its own. */
const HEAVY = /\b(256|512|1024|2048|4096)\b|conv[23]|^import$|CNN|batch/;
const LIGHT = SUITES.filter(({ onRequest }) => !onRequest)
  .map((suite) => ({
    ...suite,
    cases: suite.cases.filter(({ name }) => !HEAVY.test(name)),
  }))
  .filter(({ cases }) => cases.length > 0);
const FIRST_CASES = SUITES.map((suite) => ({ ...suite, cases: suite.cases.slice(0, 1) }));

let printed = '';
let folder: string;

function print(text: string): void {
  printed += `${text}\n`;
}

const threads = getNumThreads();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lowrank-benches-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  printed = '';
  jest.spyOn(console, 'log').mockImplementation(print);
  jest.spyOn(console, 'error').mockImplementation(print);
});
afterEach(() => {
  jest.restoreAllMocks();
  setNumThreads(threads);
  setWideSimd(false);
});

async function bench(argv: readonly string[], suites = FIRST_CASES): Promise<void> {
  const command = benchCommand(suites, BUDGET).exitOverride();
  command.configureOutput({ writeOut: print, writeErr: print });
  await command.parseAsync(argv, { from: 'user' });
}

describe('npm run bench', () => {
  it('runs the suites, whose contestants agree, and says in what mode', async () => {
    await bench([], LIGHT);
    expect(printed).toContain(`Node ${process.versions.node}`);
    expect(printed).toMatch(
      /lowrank: wasm backend, (plain|relaxed) SIMD, wide pass (on|off), register tile /,
    );
    for (const { name, about, cases } of LIGHT) {
      expect(printed).toContain(`${name}: ${about}`);
      for (const { name } of cases) expect(printed).toContain(`│ ${name} `);
    }
    for (const rival of ['naive loops', 'plain loops', 'Node alone', 'of that, wasm kernels']) {
      expect(printed).toContain(`│ ${rival} `);
    }
  });

  it('measures fine-tuning in processes of their own', async () => {
    await bench(['lora']);
    expect(printed).toMatch(/adapters of rank 1 .*\d/);
    expect(printed).toContain('peak memory, MB');
  });

  it('compares threads and backends in a training step', async () => {
    await bench(['step', '--threads', '2', '--rounds', '1']);
    for (const contestant of ['lowrank', 'lowrank, in a scope', 'lowrank, 1 thread', 'reference backend']) {
      expect(printed).toContain(`│ ${contestant} `);
    }
    expect(printed).toMatch(/register tile \w+, 2 threads/);
  });

  it('compares tiles only if it is asked to', async () => {
    await bench(['tiles', '--no-wide']);
    expect(printed).toMatch(/│ 4x8, plain SIMD +│ +[\d.]+ │/);
    expect(printed).toContain('wide pass off');
    expect(LIGHT.some(({ name }) => name === 'tiles')).toBe(false);
  });

  it('runs only the suites that are named', async () => {
    await bench(['elementwise']);
    expect(printed).toContain('relu');
    expect(printed).not.toContain('matmul');
    expect(printed).not.toContain('Adam');
  });

  it('writes what it measured', async () => {
    const json = join(folder, 'bench.json');
    await bench(['matmul', '--json', json]);
    const { environment, budget, suites } = JSON.parse(await readFile(json, 'utf8'));
    expect(environment).toMatchObject({ node: process.version, cpuInfo: { backend: 'wasm' } });
    expect(budget).toEqual(BUDGET);
    const numbers = { milliseconds: expect.any(Number), gflops: expect.any(Number) };
    expect(suites).toEqual([
      {
        name: 'matmul',
        about: SUITES[0].about,
        cases: [
          {
            name: '[64, 64] x [64, 64]',
            measurements: [
              { contestant: 'lowrank', ...numbers, ratio: 1 },
              { contestant: 'naive loops', ...numbers, ratio: expect.any(Number) },
            ],
          },
        ],
      },
    ]);
    expect(await readdir(folder)).toEqual(['bench.json']);
  });

  it('makes a document and a picture of what was measured before', async () => {
    const [json, markdown, svg] = ['bench.json', 'results.md', 'speed.svg'].map((name) => join(folder, name));
    await bench(['matmul', '--json', json!]);
    printed = '';
    await bench(['--from', json!, '--markdown', markdown!, '--svg', svg!]);
    expect(printed).toBe(`Written to ${markdown}.\nWritten to ${svg}.\n`);
    expect(await readFile(markdown!, 'utf8')).toContain('| [64, 64] x [64, 64] | lowrank |');
    expect(await readFile(svg!, 'utf8')).toContain('[64, 64] x [64, 64]');
  });

  it('explains itself', async () => {
    await expect(bench(['--help'])).rejects.toMatchObject({ exitCode: 0 });
    for (const { name, about } of SUITES) expect(printed.replace(/\s+/g, ' ')).toContain(`${name}: ${about}`);
    for (const option of ['--json', '--threads', '--no-wide', '--svg']) expect(printed).toContain(option);
  });

  it.each([
    [['fly'], "'fly' is invalid for argument 'suites'. Allowed choices are matmul, tiles, conv2d,"],
    [['matmul', 'fly'], 'Allowed choices are matmul, tiles, conv2d,'],
    [['--fast'], "unknown option '--fast'"],
    [['--threads', '0'], "argument '0' is invalid. A whole number from 1 to 9999 is needed."],
  ])('refuses %j', async (argv, message) => {
    await expect(bench(argv)).rejects.toMatchObject({ exitCode: 1 });
    expect(printed).toContain(message);
  });

  it.each(['--json', '--markdown', '--svg'])(
    'says where it cannot write %s before it measures anything',
    async (option) => {
      const path = join(folder, 'missing', 'bench');
      await expect(bench([option, path])).rejects.toMatchObject({ exitCode: 1 });
      expect(printed).toContain(`cannot write ${path}`);
      expect(printed).not.toContain('[64, 64]');
    },
  );

  it.each(['--from', '--peers'])(
    'says so if what it is to read %s is nothing of the kind',
    async (option) => {
      const path = join(folder, 'other.json');
      await writeFile(path, '{"name": "something else"}');
      await expect(bench([option, path])).rejects.toMatchObject({ exitCode: 1 });
      expect(printed).toContain(`cannot read ${path}: it was not written by "npm run bench`);
    },
  );

  it('leaves nothing behind where it could not write', async () => {
    const json = join(folder, 'a-folder');
    await mkdir(json);
    await expect(bench(['matmul', '--json', json])).rejects.toMatchObject({ exitCode: 1 });
    expect(printed).toContain(`cannot write ${json}`);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });
});
