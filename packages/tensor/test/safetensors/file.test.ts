/** Tests of safetensors files on disk. */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  FormatError,
  loadSafetensors,
  saveSafetensors,
  serializeSafetensors,
  type Tensor,
  tensor,
} from '../../src/index.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lowrank-safetensors-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const state = { weight: tensor([[1, 2]]), step: tensor(3, { dtype: 'int32' }) };

describe('saving', () => {
  it('writes a file that can be loaded, and nothing else', async () => {
    const path = join(folder, 'model.safetensors');
    await saveSafetensors(path, state, { format: 'pt' });
    expect(await readdir(folder)).toEqual(['model.safetensors']);
    expect([...(await readFile(path))]).toEqual([...serializeSafetensors(state, { format: 'pt' })]);
    const { tensors, metadata } = await loadSafetensors(path);
    expect(tensors.weight.tolist()).toEqual([[1, 2]]);
    expect(tensors.step.item()).toBe(3);
    expect(metadata).toEqual({ format: 'pt' });
  });

  it('replaces a file that is there', async () => {
    const path = join(folder, 'model.safetensors');
    await writeFile(path, 'something else, and longer'.repeat(100));
    await saveSafetensors(path, state);
    expect(Object.keys((await loadSafetensors(path)).tensors)).toEqual(['weight', 'step']);
  });

  it('of several versions at once leaves one of them whole', async () => {
    const path = join(folder, 'model.safetensors');
    const versions = [1, 2, 3, 4].map((value) => tensor([value]).expand([1000]));
    await Promise.all(versions.map((value) => saveSafetensors(path, { value })));
    const values = (await loadSafetensors(path)).tensors.value.tolist() as number[];
    expect(new Set(values).size).toBe(1);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  it('that fails says so, and leaves no half-written file behind', async () => {
    const path = join(folder, 'occupied');
    await mkdir(path);
    await expect(saveSafetensors(path, state)).rejects.toThrow(FormatError);
    await expect(saveSafetensors(path, state)).rejects.toThrow(`saveSafetensors: cannot write ${path}: `);
    expect(await readdir(folder)).toEqual(['occupied']);
    expect(await readdir(path)).toEqual([]);
  });

  it.each([
    ['a folder that is not there', 'missing', 'ENOENT'],
    ['a file in the place of a folder', 'plain', 'ENOTDIR'],
  ])('into %s says so', async (_, parent, code) => {
    await writeFile(join(folder, 'plain'), '');
    const save = saveSafetensors(join(folder, parent, 'model.safetensors'), state);
    await expect(save).rejects.toThrow(FormatError);
    await expect(save).rejects.toMatchObject({ op: 'saveSafetensors', cause: { code } });
    expect(await readdir(folder)).toEqual(['plain']);
  });

  it('what cannot be saved leaves the file that is there alone', async () => {
    const path = join(folder, 'model.safetensors');
    await saveSafetensors(path, state);
    const save = saveSafetensors(path, { weight: [1, 2] as unknown as Tensor });
    await expect(save).rejects.toThrow(ArgumentError);
    expect(Object.keys((await loadSafetensors(path)).tensors)).toEqual(['weight', 'step']);
  });
});

describe('loading', () => {
  it('says which file is not there', async () => {
    const path = join(folder, 'missing.safetensors');
    await expect(loadSafetensors(path)).rejects.toThrow(FormatError);
    await expect(loadSafetensors(path)).rejects.toThrow(`loadSafetensors: cannot read ${path}: ENOENT`);
  });

  it('says which file is broken, and why', async () => {
    const path = join(folder, 'half.safetensors');
    await writeFile(path, serializeSafetensors(state).subarray(0, 60));
    await expect(loadSafetensors(path)).rejects.toThrow(FormatError);
    await expect(loadSafetensors(path)).rejects.toThrow(
      `cannot read ${path}: parseSafetensors: the header would have`,
    );
  });

  it('does not take a folder for a file', async () => {
    await expect(loadSafetensors(folder)).rejects.toThrow(
      `loadSafetensors: cannot read ${folder}: it is no file`,
    );
  });
});

it.each([[undefined], [''], [3], [{}]])('%p is no path', async (path) => {
  await expect(saveSafetensors(path as string, state)).rejects.toThrow(
    'saveSafetensors: takes the path of a file, got',
  );
  await expect(loadSafetensors(path as string)).rejects.toThrow(ArgumentError);
  await expect(loadSafetensors(path as string)).rejects.toThrow(
    'loadSafetensors: takes the path of a file, got',
  );
});
