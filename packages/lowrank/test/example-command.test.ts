/** `lowrank example`: in this process, and as a process of its own, which runs the bundles. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { main } from '../src/cli.js';

const EXAMPLES = new URL('../../../examples/', import.meta.url);
const SHIPPED = new URL('../dist/examples/', import.meta.url);
const PROGRAM = fileURLToPath(new URL('../bin/lowrank.js', import.meta.url));

const scriptsIn = (folder: URL) => readdirSync(folder).filter((name) => name.endsWith('.mjs'));

let printed: string[] = [];

beforeEach(() => {
  printed = [];
  const keep = (...values: unknown[]) => void printed.push(values.join(' '));
  jest.spyOn(console, 'log').mockImplementation(keep);
  jest.spyOn(console, 'error').mockImplementation(keep);
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const text = () => stripVTControlCharacters(printed.join('\n'));

describe('lowrank example', () => {
  it('has the scripts of examples/ with it, as they are', () => {
    expect(scriptsIn(SHIPPED)).toEqual(scriptsIn(EXAMPLES));
    for (const name of scriptsIn(EXAMPLES)) {
      expect(readFileSync(new URL(name, SHIPPED), 'utf8')).toBe(
        readFileSync(new URL(name, EXAMPLES), 'utf8'),
      );
    }
  });

  it('lists them with what they say of themselves', async () => {
    expect(await main(['example'])).toBe(0);
    const names = text()
      .split('\n')
      .map((line) => `${line.split(' ')[0]}.mjs`);
    expect(names).toEqual(scriptsIn(EXAMPLES));
    expect(text()).toMatch(/^002-toy-language-model +A toy language model over ten colours/m);
  });

  it('lists them as JSON', async () => {
    expect(await main(['example', '--json'])).toBe(0);
    expect(JSON.parse(text())).toContainEqual({
      name: '004-lora-gradients',
      about: expect.stringContaining('gradients'),
    });
  });

  it('runs one by its number, and leaves the arguments of the process as they were', async () => {
    const { argv } = process;
    expect(await main(['example', '001'])).toBe(0);
    expect(text()).toContain('The rank of W is 2.');
    expect(process.argv).toBe(argv);
  });

  it('prints what one found as JSON, and nothing else', async () => {
    expect(await main(['example', '004-lora-gradients', '--json'])).toBe(0);
    const { zeroA, zeroB } = JSON.parse(text());
    expect([zeroA.length, zeroB.length]).toEqual([10, 10]);
  });

  it.each([
    [['fly'], /ArgumentError: example: there is no example 'fly'; there are 000-lora-basics, .*, own-op/],
    [['00'], /there is no example '00'/],
    [['../examples/own-op'], /there is no example/],
    [['002', '--seed', '1'], /unknown option '--seed'/],
    [['002', '003'], /too many arguments/],
  ])('refuses %j', async (argv, message) => {
    expect(await main(['example', ...argv])).toBe(1);
    expect(text()).toMatch(message);
  });
});

describe('lowrank example as a process', () => {
  it('prints nothing but JSON where JSON is asked for', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, 'example', '002', '--json'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ before: 'magenta', after: 'indigo', ratio: 0.00390625 });
  }, 60_000);

  it('ends at Ctrl-C while a network is trained', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'example', '003']);
    child.stderr.once('data', () => child.kill('SIGINT'));
    expect(await once(child, 'exit')).toEqual([130, null]);
  }, 60_000);
});
