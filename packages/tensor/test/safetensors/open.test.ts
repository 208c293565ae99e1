/** Tests of safetensors files that are read tensor by tensor. */
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  FormatError,
  loadSafetensors,
  openSafetensors,
  saveSafetensors,
  serializeSafetensors,
  tensor,
} from '../../src/index.js';
import { fileOf } from './bytes.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lowrank-open-'));
  path = join(folder, 'model.safetensors');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const state = {
  weight: tensor([
    [1, 2],
    [3, 4],
  ]),
  half: tensor([0.5, 1.5], { dtype: 'float64' }),
  step: tensor(3, { dtype: 'int32' }),
};
const storeAs = { float64: 'F16', int32: 'I64' } as const;

const sources = [
  [
    'a path',
    async (bytes: Uint8Array) => {
      await writeFile(path, bytes);
      return path;
    },
  ],
  ['a Blob', async (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)])],
] as const;

describe.each(sources)('a file from %s', (_, provide) => {
  it('tells names, shapes, dtypes and metadata', async () => {
    const file = await openSafetensors(
      await provide(serializeSafetensors(state, { format: 'pt' }, { storeAs })),
    );
    expect([...file.entries]).toEqual([
      ['step', { shape: [], dtype: 'int32', storedAs: 'I64' }],
      ['weight', { shape: [2, 2], dtype: 'float32', storedAs: 'F32' }],
      ['half', { shape: [2], dtype: 'float32', storedAs: 'F16' }],
    ]);
    expect(file.metadata).toEqual({ format: 'pt' });
    await file.close();
  });

  it('gives single tensors, in any order, at once, and more than once', async () => {
    const file = await openSafetensors(await provide(serializeSafetensors(state, {}, { storeAs })));
    const read = await Promise.all(['half', 'weight', 'step', 'half'].map((name) => file.tensor(name)));
    expect(read.map((value) => value.tolist())).toEqual([
      [0.5, 1.5],
      [
        [1, 2],
        [3, 4],
      ],
      3,
      [0.5, 1.5],
    ]);
    await file.close();
  });

  it('says what there is when asked for what there is not', async () => {
    const file = await openSafetensors(await provide(serializeSafetensors(state)));
    await expect(file.tensor('weigth')).rejects.toThrow(ArgumentError);
    await expect(file.tensor('weigth')).rejects.toThrow('has no "weigth"; it has "half", "weight", "step"');
    await expect(file.tensor('__proto__')).rejects.toThrow('has no "__proto__"');
    await expect(file.tensor(undefined as unknown as string)).rejects.toThrow('has no undefined');
    await file.close();
    const empty = await openSafetensors(await provide(serializeSafetensors({})));
    await expect(empty.tensor('a')).rejects.toThrow('has no "a"; it holds no tensors');
    await empty.close();
  });

  it('once closed, says so; what was being read is read', async () => {
    const file = await openSafetensors(await provide(serializeSafetensors(state)));
    const pending = file.tensor('weight');
    await file.close();
    await file.close();
    expect((await pending).shape).toEqual([2, 2]);
    await expect(file.tensor('weight')).rejects.toThrow(ArgumentError);
    await expect(file.tensor('weight')).rejects.toThrow('is closed. Open it again');
  });

  it.each([
    ['nothing', new Uint8Array(0), 'a file of 0 bytes is too short'],
    ['four bytes', new Uint8Array(4), 'a file of 4 bytes is too short'],
    ['half a header', serializeSafetensors(state).slice(0, 60), 'Is it truncated?'],
    ['half its values', serializeSafetensors(state).slice(0, -8), 'Is the file truncated?'],
    [
      'one that says 4 GB',
      fileOf(`{"a":{"dtype":"F32","shape":[${2 ** 30}],"data_offsets":[0,${2 ** 32}]}}`),
      'ends at byte 4294967296 of the values, but there are only 0',
    ],
  ])('is refused before any values are read: %s', async (_, bytes, message) => {
    const opening = openSafetensors(await provide(bytes));
    await expect(opening).rejects.toThrow(FormatError);
    await expect(opening).rejects.toThrow('openSafetensors: cannot read ');
    await expect(opening).rejects.toThrow(message);
  });

  it('refuses single tensors whose values are strange, and gives the others', async () => {
    const header =
      '{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}';
    const file = await openSafetensors(await provide(fileOf(header, Uint8Array.of(9, 9))));
    await expect(file.tensor('a')).rejects.toThrow('tensor "a" of BOOL has 9 at 0, which is neither 0 nor 1');
    expect((await file.tensor('b')).tolist()).toEqual([9]);
    await file.close();
  });
});

it('a part of a file of 8 GB is read without the rest', async () => {
  const count = 2 ** 30;
  const entries = Array.from({ length: 8 }, (_, i) => [
    `layer.${i}`,
    { dtype: 'U8', shape: [count], data_offsets: [i * count, (i + 1) * count] },
  ]);
  const end = 8 * count;
  const last = { dtype: 'I16', shape: [2], data_offsets: [end, end + 4] };
  const head = fileOf(JSON.stringify({ ...Object.fromEntries(entries), last }));
  const disk = await open(path, 'w');
  await disk.write(head);
  // The gap takes no room on the disk.
  await disk.write(Uint8Array.of(1, 0, 255, 255), 0, 4, head.length + end);
  await disk.close();
  const file = await openSafetensors(path);
  expect(file.entries.get('layer.7')).toEqual({ shape: [count], dtype: 'int32', storedAs: 'U8' });
  expect((await file.tensor('last')).tolist()).toEqual([1, -1]);
  await file.close();
});

it('a file that is cut off while it is open is noticed', async () => {
  await saveSafetensors(path, state);
  const file = await openSafetensors(path);
  await truncate(path, 8);
  await expect(file.tensor('weight')).rejects.toThrow(FormatError);
  await expect(file.tensor('weight')).rejects.toThrow('it has become shorter than');
  await file.close();
});

it('tensors that are loaded have storages of their own', async () => {
  await saveSafetensors(path, { a: tensor([1]), b: tensor([2]) });
  const { tensors } = await loadSafetensors(path);
  expect(tensors.a.storage.buffer).not.toBe(tensors.b.storage.buffer);
});

it('a Blob with a name, as users pick it, is named in messages', async () => {
  const picked = Object.assign(new Blob(['x']), { name: 'weights.bin' });
  await expect(openSafetensors(picked)).rejects.toThrow('cannot read weights.bin: ');
  await expect(openSafetensors(new Blob(['x']))).rejects.toThrow('cannot read the Blob: ');
});

it.each([[undefined], [''], [3], [new Uint8Array(8)], [{ size: 3 }]])(
  '%p is neither path nor Blob',
  async (source) => {
    const opening = openSafetensors(source as unknown as string);
    await expect(opening).rejects.toThrow(ArgumentError);
    await expect(opening).rejects.toThrow('openSafetensors: takes the path of a file or a Blob, got ');
  },
);
