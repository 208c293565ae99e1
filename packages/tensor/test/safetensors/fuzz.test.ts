/** Property tests of the safetensors format: round trips, and mutations that must end in a FormatError. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DTYPES,
  type DType,
  FormatError,
  parseSafetensors,
  serializeSafetensors,
  type Tensor,
  tensor,
} from '../../src/index.js';
import { fileOf, headerOf } from './bytes.js';

const element: Record<DType, fc.Arbitrary<number>> = {
  float64: fc.double(),
  float32: fc.float(),
  int32: fc.integer(),
  bool: fc.nat({ max: 1 }),
};

const tensors: fc.Arbitrary<Tensor> = fc
  .record({ dtype: fc.constantFrom(...DTYPES), shape: fc.array(fc.nat({ max: 3 }), { maxLength: 3 }) })
  .chain(({ dtype, shape }) => {
    const length = shape.reduce((size, n) => size * n, 1);
    return fc
      .array(element[dtype], { minLength: length, maxLength: length })
      .map((values) => tensor(values, { dtype }).reshape(shape));
  });

const names = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '0', '10', '9', 'a.weight', 'a.bias'),
);

const files = fc.record({
  tensors: fc.dictionary(names, tensors, { maxKeys: 5, noNullPrototype: true }),
  metadata: fc.dictionary(names, fc.string({ unit: 'binary', maxLength: 5 }), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
});

/** What a tensor is, bit by bit: NaN and -0 included. */
function bits({ dtype, shape, storage }: Tensor) {
  return {
    dtype,
    shape: [...shape],
    bytes: [...new Uint8Array(storage.buffer, storage.byteOffset, storage.byteLength)],
  };
}

/** Reads a file that may be broken: true if it was read, false if it was refused as it should be. */
function isRead(file: Uint8Array): boolean {
  try {
    const { tensors, metadata } = parseSafetensors(file);
    // What is read is sound: it can be used and written again.
    for (const value of Object.values(tensors)) expect(value.storage).toHaveLength(value.numel());
    const again = parseSafetensors(serializeSafetensors(tensors, metadata));
    expect(Object.keys(again.tensors).sort()).toEqual(Object.keys(tensors).sort());
    return true;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expect(error.message.startsWith('parseSafetensors: ')).toBe(true);
    return false;
  }
}

describe('a round trip', () => {
  it('brings back the same bits under the same names', () => {
    fc.assert(
      fc.property(files, ({ tensors, metadata }) => {
        const file = serializeSafetensors(tensors, metadata);
        const content = parseSafetensors(file);
        const sorted = (record: Readonly<Record<string, Tensor>>) =>
          Object.entries(record)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, value]) => [name, bits(value)]);
        expect(sorted(content.tensors)).toEqual(sorted(tensors));
        expect(Object.entries(content.metadata).sort()).toEqual(Object.entries(metadata).sort());
        expect(serializeSafetensors(content.tensors, content.metadata)).toEqual(file);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a broken file is refused with a FormatError, or is read as what it says', () => {
  const sample = serializeSafetensors(
    {
      'a.weight': tensor([
        [1, 2],
        [3, 4],
      ]),
      'a.bias': tensor([5, 6]),
      count: tensor(7, { dtype: 'int32' }),
      exact: tensor([8], { dtype: 'float64' }),
      flags: tensor([true, false, true]),
    },
    { format: 'pt' },
  );

  it('when bytes are changed', () => {
    const edits = fc.array(fc.tuple(fc.nat({ max: sample.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(edits, (list) => {
        const file = sample.slice();
        for (const [at, byte] of list) file[at] = byte;
        isRead(file);
      }),
      { numRuns: 3000 },
    );
  });

  it('when parts are cut out, doubled or put elsewhere', () => {
    const place = fc.nat({ max: sample.length });
    fc.assert(
      fc.property(place, place, place, fc.boolean(), (a, b, to, keeps) => {
        const [from, end] = [Math.min(a, b), Math.max(a, b)];
        const rest = keeps ? [...sample] : [...sample.subarray(0, from), ...sample.subarray(end)];
        rest.splice(to, 0, ...(keeps ? sample.subarray(from, end) : []));
        isRead(Uint8Array.from(rest));
      }),
      { numRuns: 2000 },
    );
  });

  it('when the text of the header is changed, and its length fits', () => {
    const header = headerOf(sample);
    const values = sample.slice(8 + header.length);
    const snippet = fc.constantFrom(
      '"',
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '-',
      '.',
      'e9',
      '0',
      '99',
      '\\',
      'null',
      '{}',
      '[[',
      '"a.bias":',
      ' ',
      '\u00e4',
    );
    const edit = fc.tuple(fc.nat({ max: header.length }), fc.nat({ max: 3 }), snippet);
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const text = edits.reduce(
          (t, [at, cut, inserted]) => t.slice(0, at) + inserted + t.slice(at + cut),
          header,
        );
        isRead(fileOf(text, values));
      }),
      { numRuns: 3000 },
    );
  });

  it('when a field of the header is anything at all', () => {
    const anything = fc.jsonValue({ maxDepth: 2 });
    const field = fc.oneof(
      fc.constant({ dtype: 'F32', shape: [1], data_offsets: [0, 4] }),
      fc.record({
        dtype: fc.oneof(fc.constantFrom('F32', 'BOOL', 'I64'), anything),
        shape: anything,
        data_offsets: anything,
      }),
      fc.record({
        dtype: fc.constant('BOOL'),
        shape: fc.array(fc.maxSafeInteger()),
        data_offsets: fc.tuple(fc.nat(8), fc.nat(8)),
      }),
      anything,
    );
    const header = fc.dictionary(fc.constantFrom('a', 'b', '__metadata__', '__proto__'), field, {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 8 }), (fields, values) => {
        isRead(fileOf(JSON.stringify(fields), values));
      }),
      { numRuns: 2000 },
    );
  });

  it('when it is noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 40 }), (noise, length) => {
        expect(isRead(noise)).toBe(false);
        isRead(Uint8Array.of(length, 0, 0, 0, 0, 0, 0, 0, 123, ...noise));
      }),
      { numRuns: 1000 },
    );
  });
});
