/** Tests of reading safetensors files: what they hold, and what is refused in which words. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  FormatError,
  parseSafetensors,
  serializeSafetensors,
  tensor,
  zeros,
} from '../../src/index.js';
import { fileOf } from './bytes.js';

const FOUR = Uint8Array.of(0, 0, 128, 63);
const entry = (fields: object = {}) => ({ dtype: 'F32', shape: [1], data_offsets: [0, 4], ...fields });
const json = (header: object) => fileOf(JSON.stringify(header), FOUR);

describe('a file', () => {
  it('that another writer made, without padding, is read', () => {
    const { tensors, metadata } = parseSafetensors(
      fileOf(
        '{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}',
        Uint8Array.of(1, 0, 0, 0, 2, 1, 0, 0, 255, 255, 255, 255, 0, 0, 0, 128),
      ),
    );
    expect(Object.keys(tensors)).toEqual(['test']);
    expect(tensors.test.dtype).toBe('int32');
    expect(tensors.test.tolist()).toEqual([
      [1, 258],
      [-1, -2147483648],
    ]);
    expect(metadata).toEqual({});
  });

  it('may name its tensors in any order, escape names, and have white space in its header', () => {
    const header = `{ "b" : { "shape":[], "data_offsets":[4, 5] , "dtype":"BOOL"},\n
      "\\u0061": {"dtype":"F32","shape":[1],"data_offsets":[0,4]},\t
      "none": {"dtype":"F64","shape":[3,0],"data_offsets":[4,4]}} \n`;
    const { tensors } = parseSafetensors(fileOf(header, Uint8Array.of(...FOUR, 1)));
    expect(Object.keys(tensors)).toEqual(['b', 'a', 'none']);
    expect(tensors.a.tolist()).toEqual([1]);
    expect(tensors.b.tolist()).toBe(true);
    expect(tensors.none.shape).toEqual([3, 0]);
  });

  it('may have names that look like a header themselves', () => {
    const names = ['"[[[[', '{"a":1,"a":2}', '\\', '\\"{{{{', ':'];
    const file = serializeSafetensors(Object.fromEntries(names.map((name, i) => [name, tensor([i])])));
    const { tensors } = parseSafetensors(file);
    expect(names.map((name) => tensors[name].item())).toEqual([0, 1, 2, 3, 4]);
  });

  it('may hold nothing but metadata', () => {
    const { tensors, metadata } = parseSafetensors(fileOf('{"__metadata__":{"format":"pt","":""}}'));
    expect(tensors).toEqual({});
    expect(metadata).toEqual({ format: 'pt', '': '' });
  });

  it('is not copied: its tensors are views of its bytes', () => {
    const file = serializeSafetensors({
      exact: tensor([1, 2], { dtype: 'float64' }),
      x: tensor([3, 4]),
      count: tensor([5], { dtype: 'int32' }),
      flag: tensor([true]),
    });
    const { tensors } = parseSafetensors(file);
    for (const { storage } of Object.values(tensors)) expect(storage.buffer).toBe(file.buffer);
    file[file.length - 1] = 0;
    expect(tensors.flag.tolist()).toEqual([false]);
  });

  it('is copied tensor by tensor where it lies askew in a larger buffer', () => {
    const file = serializeSafetensors({ x: tensor([1, 2], { dtype: 'float64' }), flag: tensor([true]) });
    const buffer = new Uint8Array(file.length + 9);
    buffer.set(file, 3);
    const { tensors } = parseSafetensors(buffer.subarray(3, 3 + file.length));
    expect(tensors.flag.storage.buffer).toBe(buffer.buffer);
    buffer.fill(255);
    expect(tensors.x.tolist()).toEqual([1, 2]);
  });

  it('may be a Buffer of Node', () => {
    const file = serializeSafetensors({ x: tensor([1, 2], { dtype: 'float64' }) });
    expect(parseSafetensors(Buffer.from(file)).tensors.x.tolist()).toEqual([1, 2]);
  });

  it('with a tensor named __proto__ does nobody any harm', () => {
    const file = serializeSafetensors({ ['__proto__']: tensor([1]) }, { ['__proto__']: 'text' });
    const { tensors, metadata } = parseSafetensors(file);
    expect(Object.entries(tensors).map(([name, value]) => [name, value.tolist()])).toEqual([
      ['__proto__', [1]],
    ]);
    expect(Object.entries(metadata)).toEqual([['__proto__', 'text']]);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
    expect(serializeSafetensors(tensors, metadata)).toEqual(file);
    expect(Object.keys(parseSafetensors(serializeSafetensors({ constructor: tensor([1]) })).tensors)).toEqual(
      ['constructor'],
    );
    const attack = '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{}}';
    expect(() => parseSafetensors(fileOf(attack, FOUR))).toThrow(FormatError);
  });
});

/** A file whose first 8 bytes say that the header has this length. */
function claiming(length: bigint, rest = 0): Uint8Array {
  const file = new Uint8Array(8 + rest);
  new DataView(file.buffer).setBigUint64(0, length, true);
  return file;
}

describe('a file is refused', () => {
  const two = (a: object, b: object) => json({ a: entry(a), b: entry(b) });
  const empty = { shape: [0], data_offsets: [0, 0] };

  it.each([
    [
      'that is empty',
      new Uint8Array(0),
      'a file of 0 bytes is too short: the length of the header alone takes 8',
    ],
    ['of 7 bytes', new Uint8Array(7), 'a file of 7 bytes is too short'],
    ['without a header', claiming(0n), 'the header begins with undefined and not with a brace (123)'],
    [
      'that ends before its header',
      claiming(9n, 8),
      'the header would have 9 bytes, but the file has only 16. Is it truncated?',
    ],
    [
      'with a header above 100 MB',
      claiming(100_000_001n, 8),
      'the header would have 100000001 bytes; the most is 100000000',
    ],
    [
      'with a header of 2^64 bytes',
      claiming(2n ** 64n - 1n, 8),
      'the header would have 18446744073709551615 bytes',
    ],
    ['that is something else', new TextEncoder().encode('PK3_____and more'), 'Is it a safetensors file?'],
    ['that begins with a space', fileOf(' {}'), 'the header begins with 32 and not with a brace (123)'],
    [
      'that begins with a byte order mark',
      fileOf('\ufeff{}'),
      'the header begins with 239 and not with a brace',
    ],
    ['that is not UTF-8', fileOf(Uint8Array.of(123, 34, 255, 34, 125)), 'the header is not UTF-8'],
    ['with a header that is a list', fileOf('[]'), 'the header begins with 91 and not with a brace'],
    ['with a header that is no JSON', fileOf("{'a':1}"), 'the header is not JSON: '],
    ['with a header that is cut off', fileOf('{"a":{"dtype":"F32"'), 'the header is not JSON: '],
    ['with a string that is cut off', fileOf('{"a\\'), 'the header is not JSON: '],
    [
      'with brackets that do not match',
      fileOf('{]}]}{"a":1,"a":2}'),
      'the header is malformed: it has the key "a" twice',
    ],
    ['with a header and something behind it', fileOf('{}x'), 'the header is not JSON: '],
    ['with a header padded with zeros', fileOf('{}\0'), 'the header is not JSON: '],
    ['with a line break in a name', fileOf('{"a\n":1}'), 'the header is not JSON: '],
    [
      'with a tensor twice',
      fileOf('{"a":1,"b":{},"a":2}'),
      'the header is malformed: it has the key "a" twice, again at character 14',
    ],
    [
      'with a tensor twice, in two spellings',
      fileOf('{"a":1,"\\u0061" :2}'),
      'it has the key "a" twice, again at character 7',
    ],
    [
      'with a field twice',
      fileOf('{"a":{"shape":[],"shape":[1]}}'),
      'it has the key "shape" twice, again at character 17',
    ],
    [
      'with metadata twice',
      fileOf('{"__metadata__":{},"__metadata__":{}}'),
      'it has the key "__metadata__" twice',
    ],
    [
      'with a key of the metadata twice',
      fileOf('{"__metadata__":{"k":"1","k":"2"}}'),
      'it has the key "k" twice',
    ],
    ['nested too deeply', fileOf(`{"a":${'['.repeat(1e6)}`), 'it is nested more than 3 deep at character 7'],
    [
      'nested too deeply in objects',
      fileOf('{"a":{"b":{"c":{}}}}'),
      'it is nested more than 3 deep at character 15',
    ],
    ['with a number for a tensor', json({ a: 1 }), 'tensor "a" has dtype, shape, data_offsets, got 1'],
    ['with a list for a tensor', json({ a: [1] }), 'tensor "a" has dtype, shape, data_offsets, got [1]'],
    ['with null for a tensor', json({ a: null }), 'tensor "a" has dtype, shape, data_offsets, got null'],
    ['with a field too few', json({ a: { dtype: 'F32', shape: [1] } }), 'got the fields dtype, shape'],
    [
      'with a field too many',
      json({ a: entry({ strides: [1] }) }),
      'got the fields dtype, shape, data_offsets, strides',
    ],
    [
      'of a dtype that lowrank has not',
      json({ a: entry({ dtype: 'F8_E4M3' }) }),
      'tensor "a" has the dtype "F8_E4M3", which cannot be read; known: I64, F64, F32, I32, BF16, F16, I16, I8, U8, BOOL',
    ],
    ['of a dtype in small letters', json({ a: entry({ dtype: 'f32' }) }), 'tensor "a" has the dtype "f32"'],
    [
      'of a dtype from a prototype',
      json({ a: entry({ dtype: 'constructor' }) }),
      'tensor "a" has the dtype "constructor"',
    ],
    ['with a dtype that is no text', json({ a: entry({ dtype: 32 }) }), 'tensor "a" has the dtype 32'],
    [
      'with a negative length',
      json({ a: entry({ shape: [-1] }) }),
      'tensor "a": a shape is a list of whole numbers of at least 0, got [-1]',
    ],
    ['with two negative lengths', json({ a: entry({ shape: [-1, -1] }) }), 'tensor "a": a shape is a list'],
    [
      'with half a length',
      json({ a: entry({ shape: [0.5, 2] }) }),
      'tensor "a": a shape is a list of whole numbers of at least 0, got [0.5, 2]',
    ],
    [
      'with a text for a length',
      json({ a: entry({ shape: ['1'] }) }),
      'tensor "a": a shape is a list of whole numbers of at least 0, got ["1"]',
    ],
    [
      'with a number for a shape',
      json({ a: entry({ shape: 1 }) }),
      'tensor "a": a shape is a list of whole numbers of at least 0, got 1',
    ],
    [
      'with a shape that overflows',
      json({ a: entry({ shape: [2, 2 ** 63] }) }),
      'tensor "a": [2, 9223372036854776000] has',
    ],
    [
      'with a shape that overflows to 0',
      json({ a: entry({ shape: [1e300, 1e300, 0], data_offsets: [0, 0] }) }),
      'tensor "a"',
    ],
    [
      'with more elements than a tensor can have',
      json({ a: entry({ shape: [2 ** 31] }) }),
      'elements; the most is',
    ],
    [
      'with a shape too large for its bytes',
      json({ a: entry({ shape: [2] }) }),
      'tensor "a" of F32 and shape [2] takes 8 bytes, but its data_offsets [0, 4] hold 4',
    ],
    [
      'with a shape too small for its bytes',
      json({ a: entry({ shape: [0] }) }),
      'tensor "a" of F32 and shape [0] takes 0 bytes, but its data_offsets [0, 4] hold 4',
    ],
    [
      'with a dtype too small for its bytes',
      json({ a: entry({ dtype: 'BOOL' }) }),
      'tensor "a" of BOOL and shape [1] takes 1 bytes, but its data_offsets [0, 4] hold 4',
    ],
    [
      'with one offset',
      json({ a: entry({ data_offsets: [0] }) }),
      'tensor "a" has data_offsets from 0 up, [begin, end], got [0]',
    ],
    ['with three offsets', json({ a: entry({ data_offsets: [0, 4, 4] }) }), 'got [0, 4, 4]'],
    ['with a text for an offset', json({ a: entry({ data_offsets: ['0', 4] }) }), 'got ["0", 4]'],
    ['with a negative offset', json({ a: entry({ data_offsets: [-4, 0] }) }), 'got [-4, 0]'],
    ['with half an offset', json({ a: entry({ data_offsets: [0.5, 4.5] }) }), 'got [0.5, 4.5]'],
    ['with offsets that go back', json({ a: entry({ data_offsets: [4, 0] }) }), 'got [4, 0]'],
    [
      'with an offset beyond 2^53',
      json({ a: entry({ data_offsets: [0, 2 ** 60] }) }),
      'got [0, 1152921504606847000]',
    ],
    [
      'with a tensor beyond its end',
      json({ a: entry({ shape: [2], data_offsets: [0, 8] }) }),
      'tensor "a" ends at byte 8 of the values, but there are only 4. Is the file truncated?',
    ],
    [
      'that says 4 GB',
      json({ a: entry({ shape: [2 ** 30], data_offsets: [0, 2 ** 32] }) }),
      'tensor "a" ends at byte 4294967296 of the values, but there are only 4. Is the file truncated?',
    ],
    [
      'with a shape of 4 GB in 4 bytes',
      json({ a: entry({ shape: [2 ** 30] }) }),
      'tensor "a" of F32 and shape [1073741824] takes 4294967296 bytes, but its data_offsets [0, 4] hold 4',
    ],
    [
      'with two tensors in one place',
      two({}, {}),
      'tensor "b" begins at byte 0 of the values, but the one before it ends at 4: an overlap',
    ],
    [
      'with tensors that overlap',
      two(
        { dtype: 'BOOL', shape: [3], data_offsets: [0, 3] },
        { dtype: 'BOOL', shape: [2], data_offsets: [2, 4] },
      ),
      'tensor "b" begins at byte 2 of the values, but the one before it ends at 3: an overlap',
    ],
    [
      'with an empty tensor inside of another',
      two({}, { shape: [0], data_offsets: [2, 2] }),
      'tensor "b" begins at byte 2 of the values, but the one before it ends at 4: an overlap',
    ],
    [
      'with a gap at the front',
      json({ a: entry({ dtype: 'BOOL', shape: [2], data_offsets: [2, 4] }) }),
      'tensor "a" begins at byte 2 of the values, but the one before it ends at 0: a gap',
    ],
    [
      'with a gap in the middle',
      two({ dtype: 'BOOL', data_offsets: [3, 4] }, { dtype: 'BOOL', data_offsets: [0, 1] }),
      'tensor "a" begins at byte 3 of the values, but the one before it ends at 1: a gap',
    ],
    [
      'with something behind its tensors',
      json({ a: entry({ dtype: 'BOOL', data_offsets: [0, 1] }) }),
      'there are 4 bytes of values, but the tensors end at 1',
    ],
    ['with values and no tensors', json({}), 'there are 4 bytes of values, but the tensors end at 0'],
    [
      'with truths other than 0 and 1',
      json({ a: entry({ dtype: 'BOOL', shape: [4] }) }),
      'tensor "a" of BOOL has 128 at 2, which is neither 0 nor 1',
    ],
    [
      'with a list for metadata',
      json({ __metadata__: ['a'], a: entry() }),
      '__metadata__ holds texts by name, got ["a"]',
    ],
    [
      'with null for metadata',
      json({ __metadata__: null, a: entry() }),
      '__metadata__ holds texts by name, got null',
    ],
    [
      'with a number in its metadata',
      json({ __metadata__: { epoch: 3 }, a: entry() }),
      '__metadata__ holds texts, got 3 for "epoch"',
    ],
    [
      'with a tensor for metadata',
      json({ __metadata__: entry(empty), a: entry() }),
      '__metadata__ holds texts, got [0] for "shape"',
    ],
  ])('%s', (_, file, message) => {
    const read = () => parseSafetensors(file);
    expect(read).toThrow(FormatError);
    expect(read).toThrow('parseSafetensors: ');
    expect(read).toThrow(message);
  });

  it('whenever it is cut off, or goes on', () => {
    const file = serializeSafetensors(
      { a: tensor([1, 2]), b: zeros([0]), c: tensor(true) },
      { format: 'pt' },
    );
    expect(Object.keys(parseSafetensors(file).tensors)).toHaveLength(3);
    for (let length = 0; length < file.length; length++) {
      expect(() => parseSafetensors(file.slice(0, length))).toThrow(FormatError);
    }
    expect(() => parseSafetensors(Uint8Array.of(...file, 0))).toThrow(FormatError);
  });

  it('with the whole name of the tensor, unless that is absurdly long', () => {
    const name = `base_model.model.${'encoder.layer.11.'.repeat(6)}lora_A.weight`;
    expect(() => parseSafetensors(json({ [name]: 1 }))).toThrow(`tensor "${name}" has dtype`);
    expect(() => parseSafetensors(json({ ['x'.repeat(1e6)]: 1 }))).toThrow(
      `tensor "${'x'.repeat(200)}..." has`,
    );
  });

  it.each([[undefined], ['text'], [new ArrayBuffer(8)], [[0, 0, 0, 0, 0, 0, 0, 0]], [new Float64Array(2)]])(
    'if it is not bytes but %p',
    (bytes) => {
      const read = () => parseSafetensors(bytes as unknown as Uint8Array);
      expect(read).toThrow(ArgumentError);
      expect(read).toThrow('parseSafetensors: takes a Uint8Array, got ');
    },
  );
});
