/** The command: its options, what a run leaves behind, how it is stopped, and where it cannot write. */
import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Lora } from '@lowrank/lora';
import { CONVOLUTIONS, MnistCnn } from '@lowrank/models';
import { registerParametrization } from '@lowrank/nn';
import { parseSafetensors } from '@lowrank/tensor';
import { main } from '../src/cli.js';
import { checkSummary, type RunSummary } from '../src/summary.js';

/** What was written to the terminal since the last test began. */
let printed: string[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lowrank-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  printed = [];
  const keep = (...values: unknown[]) => void printed.push(values.join(' '));
  jest.spyOn(console, 'log').mockImplementation(keep);
  jest.spyOn(console, 'error').mockImplementation(keep);
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  }
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** Without colours, which there are on some machines of CI and in some terminals. */
const text = () => stripVTControlCharacters(printed.join('\n'));

describe('lowrank', () => {
  it('explains itself', async () => {
    expect(await main(['--help'])).toBe(0);
    expect(text()).toContain('mnist');
  });

  it('tells its version', async () => {
    expect(await main(['--version'])).toBe(0);
    expect(text()).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('lists every option of the main job', async () => {
    expect(await main(['mnist', '--help'])).toBe(0);
    for (const option of [
      '--seed',
      '--epochs',
      '--digit',
      '--rank',
      '--alpha',
      '--out',
      '--quick',
      '--json',
    ]) {
      expect(text()).toContain(option);
    }
  });

  it.each([
    [['mnist', '--digit', '10'], '--digit is a whole number from 0 to 9, got 10'],
    [['mnist', '--rank', '0'], '--rank is a whole number from 1 to 9, got 0'],
    [['mnist', '--epochs', '1.5'], '--epochs is a whole number from 1 to 1000, got 1.5'],
    [['mnist', '--seed', '-1'], '--seed is a whole number from 0'],
    [['mnist', '--alpha', '0'], '--alpha is a number above 0, got 0'],
    [['mnist', '--train-images', '70000'], '--train-images is a whole number from 64 to 60000, got 70000'],
    [['mnist', '--seed', 'x'], 'It is a number'],
    [['mnist', '--colour', 'red'], "unknown option '--colour'"],
    [['fly'], "unknown command 'fly'"],
  ])('refuses %j', async (argv, message) => {
    expect(await main(argv)).toBe(1);
    expect(text()).toContain(message);
  });
});

describe('lowrank mnist', () => {
  it('writes the model, the adapters, the summary and the report of a run', async () => {
    const json = join(folder, 'summary.json');
    const out = join(folder, 'runs');
    const argv = [
      '--train-images',
      '128',
      '--test-images',
      '60',
      '--digit',
      '3',
      '--out',
      out,
      '--json',
      json,
    ];
    expect(await main(['mnist', ...argv])).toBe(0);

    const [run] = await readdir(out);
    const written = await readdir(join(out, run!));
    expect(written.sort()).toEqual([
      'adapter-digit-3.safetensors',
      'adapter.safetensors',
      'model.safetensors',
      'report.html',
      'summary.json',
    ]);
    const summary = JSON.parse(await readFile(json, 'utf8')) as RunSummary;
    expect(JSON.parse(await readFile(join(out, run!, 'summary.json'), 'utf8'))).toEqual(summary);

    checkSummary('test', summary);
    const { parameters, checks, files, curves, specialised } = summary;
    expect(parameters).toMatchObject({ base: 92_672, lora: 1_097, total: 93_769 });
    expect(parameters.percent.toFixed(3)).toBe('1.184');
    expect(checks.loraOffEqualsBase).toBe(true);
    expect(summary.loraOff).toEqual(summary.base);
    expect(checks.mergedMaxDifference).toBeLessThan(1e-3);
    expect([curves.base.length, curves.lora.length]).toEqual([2, 2]);
    expect(specialised.digit).toBe(3);
    expect(specialised.images.replayed).toBe(3 * specialised.images.digit);
    for (const part of ['load', 'base', 'lora', 'specialised', 'test', 'total'] as const) {
      expect(summary.seconds[part]).toBeGreaterThan(0);
    }
    expect((await stat(join(out, run!, 'model.safetensors'))).size).toBe(files.model);
    expect((await stat(join(out, run!, 'adapter.safetensors'))).size).toBe(files.adapter);

    expect(text()).toContain('1.184 %');
    expect(text()).toContain('Using 128 of the 60000 training images');
    expect(text()).toContain('LoRA for 3');
    expect(await readFile(join(out, run!, 'report.html'), 'utf8')).toContain('1,097');

    const { tensors: model } = parseSafetensors(await readFile(join(out, run!, 'model.safetensors')));
    const { tensors: adapter } = parseSafetensors(await readFile(join(out, run!, 'adapter.safetensors')));
    const loaded = new MnistCnn();
    loaded.loadStateDict(model);
    for (const name of CONVOLUTIONS)
      registerParametrization(loaded[name], 'weight', new Lora(loaded[name].weight.shape));
    const { missingKeys, unexpectedKeys } = loaded.loadStateDict(adapter, { strict: false });
    expect(unexpectedKeys).toEqual([]);
    expect(missingKeys.some((name) => name.includes('lora'))).toBe(false);
    const moved = Object.values(adapter).every((tensor) => tensor.abs().sum().item() > 0);
    expect(moved).toBe(true);
  }, 60_000);

  it('stops at Ctrl-C and leaves nothing behind', async () => {
    const out = join(folder, 'interrupted');
    const running = main(['mnist', '--quick', '--out', out]);
    setTimeout(() => process.emit('SIGINT'), 1_500);
    expect(await running).toBe(130);
    expect(text()).toContain('Nothing was written');
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  }, 60_000);

  it('hears a Ctrl-C that comes after the last test, and holds no folder while it works', async () => {
    const out = join(folder, 'late');
    let present: string[] = ['not looked'];
    jest.spyOn(console, 'log').mockImplementation((line: string) => {
      printed.push(line);
      if (!line.includes('LoRA on 3')) return;
      present = readdirSync(out);
      setImmediate(() => process.emit('SIGINT'));
    });
    const argv = ['--train-images', '64', '--test-images', '10', '--digit', '3', '--out', out];
    expect(await main(['mnist', ...argv])).toBe(130);
    expect(present).toEqual([]);
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  }, 60_000);

  it('says where it could not write, and leaves nothing behind', async () => {
    const occupied = join(folder, 'occupied');
    await writeFile(occupied, 'a file where a folder should go');
    const argv = ['--train-images', '64', '--test-images', '10', '--out', occupied];
    expect(await main(['mnist', ...argv])).toBe(1);
    expect(text()).toContain('FormatError: writeFolder: cannot write');
    expect(text()).toContain('Name another place with --out');
    expect(text()).not.toContain('training');
    expect(await readFile(occupied, 'utf8')).toBe('a file where a folder should go');
  });

  it.each(['--out', '--json'])('refuses a place for %s that cannot be, before it begins', async (option) => {
    const occupied = join(folder, 'taken');
    await writeFile(occupied, '');
    expect(await main(['mnist', '--quick', option, join(occupied, 'below', 'it')])).toBe(1);
    expect(text()).toContain('FormatError');
    expect(text()).toContain('cannot write');
    expect(text()).not.toContain('training');
  });
});
