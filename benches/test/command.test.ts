/** The bench command: which suites it runs, what it prints and writes. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { benchCommand, SUITES } from '../src/command.js';

/** The least that can be measured: whether the suites run is what counts here. */
const BUDGET = { rounds: 1, seconds: 1e-6 };

/** The product of 512 x 512 alone takes the loops longer than all the rest, and shows nothing that 256 x 256 does not. */
const LIGHT = SUITES.map((suite) => ({
  ...suite,
  cases: suite.cases.filter(({ name }) => !name.includes('512')),
}));
const FIRST_CASES = SUITES.map((suite) => ({ ...suite, cases: suite.cases.slice(0, 1) }));

let printed = '';
let folder: string;

function print(text: string): void {
  printed += `${text}\n`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lowrank-benches-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  printed = '';
  jest.spyOn(console, 'log').mockImplementation(print);
  jest.spyOn(console, 'error').mockImplementation(print);
});
afterEach(() => void jest.restoreAllMocks());

async function bench(argv: readonly string[], suites = FIRST_CASES): Promise<void> {
  const command = benchCommand(suites, BUDGET).exitOverride();
  command.configureOutput({ writeOut: print, writeErr: print });
  await command.parseAsync(argv, { from: 'user' });
}

describe('npm run bench', () => {
  it('runs every case of every suite, whose contestants agree', async () => {
    await bench([], LIGHT);
    for (const { name, about, cases } of LIGHT) {
      expect(printed).toContain(`${name}: ${about}`);
      for (const { name } of cases) expect(printed).toContain(`│ ${name} `);
    }
    expect(printed).toContain('naive loops / lowrank');
    expect(printed).toContain('full step / LoRA step');
  }, 60_000);

  it('runs only the suites that are named', async () => {
    await bench(['conv2d']);
    expect(printed).toContain('conv1: [8, 1, 28, 28] to 32 channels');
    expect(printed).not.toContain('matmul');
    expect(printed).not.toContain('Adam');
  });

  it('writes what it measured', async () => {
    const json = join(folder, 'bench.json');
    await bench(['matmul', '--json', json]);
    const { environment, budget, suites } = JSON.parse(await readFile(json, 'utf8'));
    expect(environment.node).toBe(process.version);
    expect(budget).toEqual(BUDGET);
    expect(suites).toEqual([
      {
        name: 'matmul',
        about: SUITES[0].about,
        cases: [
          {
            name: '[64, 64] x [64, 64]',
            timings: [
              { contestant: 'lowrank', milliseconds: expect.any(Number), ratio: 1 },
              { contestant: 'naive loops', milliseconds: expect.any(Number), ratio: expect.any(Number) },
            ],
          },
        ],
      },
    ]);
    expect(await readdir(folder)).toEqual(['bench.json']);
  });

  it('explains itself', async () => {
    await expect(bench(['--help'])).rejects.toMatchObject({ exitCode: 0 });
    for (const { name, about } of SUITES) expect(printed).toContain(`${name}: ${about}`);
    expect(printed).toContain('--json');
  });

  it.each([
    [['fly'], "'fly' is invalid for argument 'suites'. Allowed choices are matmul, conv2d, step."],
    [['matmul', 'fly'], 'Allowed choices are matmul, conv2d, step.'],
    [['--quick'], "unknown option '--quick'"],
  ])('refuses %j', async (argv, message) => {
    await expect(bench(argv)).rejects.toMatchObject({ exitCode: 1 });
    expect(printed).toContain(message);
  });

  it('says where it cannot write before it measures anything', async () => {
    const json = join(folder, 'missing', 'bench.json');
    await expect(bench(['--json', json])).rejects.toMatchObject({ exitCode: 1 });
    expect(printed).toContain(`cannot write ${json}`);
    expect(printed).not.toContain('conv1');
  });

  it('leaves nothing behind where it could not write', async () => {
    const json = join(folder, 'a-folder');
    await mkdir(json);
    await expect(bench(['matmul', '--json', json])).rejects.toMatchObject({ exitCode: 1 });
    expect(printed).toContain(`cannot write ${json}`);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });
});
