/** Tests of files that are written together: all of them or none. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FormatError, readSmallFile, writeFiles } from '../../src/index.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lowrank-folder-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const pair = (text: string) =>
  [
    ['model', bytes(`${text} model`)],
    ['config', bytes(`${text} config`)],
  ] as const;
const content = async () =>
  Object.fromEntries(
    await Promise.all(
      (await readdir(folder)).sort().map(async (name) => [name, await readFile(join(folder, name), 'utf8')]),
    ),
  );

describe('files that belong together', () => {
  it('are written into a folder, which is made if need be, and nothing else', async () => {
    await writeFiles('save', join(folder, 'deep', 'down'), pair('new'));
    folder = join(folder, 'deep', 'down');
    expect(await content()).toEqual({ model: 'new model', config: 'new config' });
    folder = join(folder, '..', '..');
  });

  it('replace those that were there, and leave other files alone', async () => {
    await writeFile(join(folder, 'README'), 'read me');
    await writeFiles('save', folder, pair('old'));
    await writeFiles('save', folder, pair('new'));
    expect(await content()).toEqual({ README: 'read me', model: 'new model', config: 'new config' });
  });

  it.each(['model', 'config'])(
    'leave everything as it was if %s cannot be put in place',
    async (obstacle) => {
      const other = obstacle === 'model' ? 'config' : 'model';
      await mkdir(join(folder, obstacle));
      await writeFile(join(folder, other), 'old');
      const writing = writeFiles('save', folder, pair('new'));
      await expect(writing).rejects.toThrow(FormatError);
      await expect(writing).rejects.toThrow(`save: cannot write to ${folder}: `);
      expect((await readdir(folder)).sort()).toEqual(['config', 'model']);
      expect(await readFile(join(folder, other), 'utf8')).toBe('old');
      expect(await readdir(join(folder, obstacle))).toEqual([]);
    },
  );

  it('cannot be written where a file stands in the place of the folder', async () => {
    await writeFile(join(folder, 'plain'), '');
    await expect(writeFiles('save', join(folder, 'plain'), pair('new'))).rejects.toThrow('EEXIST');
    expect(await content()).toEqual({ plain: '' });
  });
});

describe('a small file', () => {
  it('is read', async () => {
    await writeFile(join(folder, 'config'), 'text');
    expect([...(await readSmallFile('load', join(folder, 'config'), 4))]).toEqual([...bytes('text')]);
  });

  it('that is larger than it may be is not read', async () => {
    await writeFile(join(folder, 'config'), 'texts');
    const reading = readSmallFile('load', join(folder, 'config'), 4);
    await expect(reading).rejects.toThrow(FormatError);
    await expect(reading).rejects.toThrow('config: it has 5 bytes; the most is 4');
  });

  it('that is not there is named', async () => {
    const reading = readSmallFile('load', join(folder, 'config'), 4);
    await expect(reading).rejects.toThrow(`load: cannot read ${join(folder, 'config')}: ENOENT`);
  });
});
