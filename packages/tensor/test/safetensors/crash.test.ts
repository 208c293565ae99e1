/** Tests of writing files together on a disk that fails, or stops, at any moment. */
import * as disk from 'node:fs/promises';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

/** How many more calls succeed, and whether those after the first failure fail as well, as after a crash. */
const fate = { left: Number.POSITIVE_INFINITY, crash: false };

function failing<A extends unknown[], R>(call: (...parameters: A) => Promise<R>) {
  return async (...parameters: A): Promise<R> => {
    fate.left--;
    if (fate.left === -1 || (fate.crash && fate.left < 0)) throw new Error('the disk failed');
    return call(...parameters);
  };
}

jest.unstable_mockModule('node:fs/promises', () => ({
  ...disk,
  open: failing(disk.open as (...parameters: unknown[]) => Promise<unknown>),
  rename: failing(disk.rename),
  rm: failing(disk.rm),
}));
const { writeTogether, writeWhole } = await import('../../src/safetensors/disk/node.js');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lowrank-crash-'));
});

afterEach(async () => {
  fate.left = Number.POSITIVE_INFINITY;
  await rm(folder, { recursive: true });
});

const versions = {
  old: ['old model', 'old config'],
  new: ['new model', 'new config'],
  none: [undefined, undefined],
};
const files = (version: 'old' | 'new') => {
  const [model, config] = versions[version].map((text) => new TextEncoder().encode(text));
  return [
    ['model', model as Uint8Array],
    ['config', config as Uint8Array],
  ] as const;
};
const readText = (name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined);
const found = () => Promise.all(['model', 'config'].map(readText));

/** Runs `write` on disks that fail at the first call, at the second, ... until no call fails; each time from the beginning. */
async function atEveryMoment(
  crash: boolean,
  restore: () => Promise<void>,
  write: () => Promise<void>,
  check: () => Promise<void>,
) {
  for (let calls = 0; ; calls++) {
    await restore();
    Object.assign(fate, { left: calls, crash });
    const failed = await write().then(
      () => false,
      () => true,
    );
    const isUntouched = fate.left >= 0;
    fate.left = Number.POSITIVE_INFINITY;
    if (isUntouched) return calls;
    if (failed) await check();
  }
}

describe.each(['old', 'none'] as const)('where there was %s before', (before) => {
  const restore = async () => {
    for (const name of await readdir(folder)) await rm(join(folder, name));
    if (before === 'old') await writeTogether(folder, files('old'));
  };

  it('a failure leaves what there was before, and nothing else', async () => {
    await restore();
    const names = await readdir(folder);
    const calls = await atEveryMoment(
      false,
      restore,
      () => writeTogether(folder, files('new')),
      async () => {
        expect(await found()).toEqual(versions[before]);
        expect(await readdir(folder)).toEqual(names);
      },
    );
    expect(calls).toBeGreaterThan(5);
    expect(await found()).toEqual(versions.new);
  });

  it('a crash never leaves a config beside a model of another version', async () => {
    const seen = new Set<string>();
    await atEveryMoment(
      true,
      restore,
      () => writeTogether(folder, files('new')),
      async () => {
        const [model, config] = await found();
        seen.add(String(config));
        if (config !== undefined) expect([model, config]).toEqual(versions[before]);
      },
    );
    expect(seen).toContain('undefined');
  });
});

it('a single file is replaced by its new version, or stays', async () => {
  const path = join(folder, 'model');
  const calls = await atEveryMoment(
    false,
    () => writeFile(path, 'old model'),
    () => writeWhole(path, new TextEncoder().encode('new model')),
    async () => {
      expect(await readText('model')).toBe('old model');
      expect(await readdir(folder)).toEqual(['model']);
    },
  );
  expect(calls).toBe(2);
  expect(await readText('model')).toBe('new model');
});
