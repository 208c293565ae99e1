/** Property tests of the safetensors format: round trips, and mutations that must end in a FormatError. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DTYPES,
  type DType,
  FormatError,
  openSafetensors,
  parseSafetensors,
  type SafetensorsContent,
  type StoreOptions,
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
function bits(x: Tensor) {
  const { dtype, shape } = x;
  const values = x.dataSync();
  return {
    dtype,
    shape: [...shape],
    bytes: [...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)],
  };
}

/** Reads a file that may be broken: true if it was read, false if it was refused as it should be. */
function isRead(file: Uint8Array): boolean {
  let content: SafetensorsContent;
  try {
    content = parseSafetensors(file);
  } catch (error) {
    if (error instanceof FormatError && error.message.startsWith('parseSafetensors: ')) return false;
    throw error;
  }
  // What is read is sound: it can be written, and read again.
  const again = parseSafetensors(serializeSafetensors(content.tensors, content.metadata));
  expect(JSON.stringify(Object.keys(again.tensors).sort())).toBe(
    JSON.stringify(Object.keys(content.tensors).sort()),
  );
  return true;
}

/** As `isRead`, by way of a Blob and its single tensors. */
async function isReadInParts(file: Uint8Array): Promise<boolean> {
  try {
    const opened = await openSafetensors(new Blob([new Uint8Array(file)]));
    for (const name of opened.entries.keys()) await opened.tensor(name);
    return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

/** Versions of a file of which up to four bytes were changed. */
function byteEdits(original: Uint8Array): fc.Arbitrary<Uint8Array> {
  const edit = fc.tuple(fc.nat({ max: original.length - 1 }), fc.nat({ max: 255 }));
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    const file = original.slice();
    for (const [at, byte] of edits) file[at] = byte;
    return file;
  });
}

/** The bytes behind the header. */
function valuesOf(file: Uint8Array): Uint8Array {
  return file.slice(8 + headerOf(file).length);
}

/** Runs `isRead` on all that `files` makes, and expects both that some are refused and that some are read. */
function expectBothOutcomes(files: fc.Arbitrary<Uint8Array>, numRuns: number): void {
  const outcomes = new Set<boolean>();
  fc.assert(
    fc.property(files, (file) => {
      outcomes.add(isRead(file));
    }),
    { numRuns },
  );
  expect([...outcomes].sort()).toEqual([false, true]);
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
      { numRuns: 200 },
    );
  });
});

/** A file of every dtype; with other element types if they are named. */
const fileWith = (storeAs: StoreOptions['storeAs']) =>
  serializeSafetensors(
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
    { storeAs },
  );

describe('a broken file is refused with a FormatError, or is read as what it says', () => {
  const sample = fileWith({});

  it.each([
    ['', sample],
    [
      ' of a file of half types and long integers',
      fileWith({ float32: 'F16', float64: 'BF16', int32: 'I64' }),
    ],
    [' of a file of short integers', fileWith({ int32: 'I16' })],
  ])('when bytes are changed%s', (_, file) => {
    expectBothOutcomes(byteEdits(file), 1000);
  });

  it('when numbers of the header are changed, or change places', () => {
    const pieces = headerOf(sample).split(/(\d+)/);
    const places = pieces.flatMap((piece, i) => (/^\d+$/.test(piece) ? [i] : []));
    const place = fc.constantFrom(...places);
    const number = fc.oneof(
      place.map((at) => pieces[at] as string),
      fc.nat({ max: 40 }).map(String),
      fc.constantFrom(
        '-1',
        '1.5',
        '1e2',
        '4294967296',
        '9007199254740993',
        '18446744073709551616',
        '1e999',
        '00',
      ),
    );
    const files = fc.array(fc.tuple(place, number), { minLength: 1, maxLength: 3 }).map((edits) => {
      const edited = [...pieces];
      for (const [at, text] of edits) edited[at] = text;
      return fileOf(edited.join(''), valuesOf(sample));
    });
    expectBothOutcomes(files, 1500);
  });

  it('when it is opened to be read tensor by tensor, just as when it is read whole', async () => {
    await fc.assert(
      fc.asyncProperty(byteEdits(sample), async (file) => {
        expect(await isReadInParts(file)).toBe(isRead(file));
      }),
      { numRuns: 500 },
    );
  });

  it('when parts are cut out, or put in twice', () => {
    const place = fc.nat({ max: sample.length });
    const files = fc.tuple(place, place, place, fc.boolean()).map(([a, b, to, twice]) => {
      const [from, end] = [Math.min(a, b), Math.max(a, b)];
      const bytes = twice ? [...sample] : [...sample.subarray(0, from), ...sample.subarray(end)];
      if (twice) bytes.splice(to, 0, ...sample.subarray(from, end));
      return Uint8Array.from(bytes);
    });
    fc.assert(
      fc.property(files, (file) => isRead(file) === (file.length === sample.length)),
      { numRuns: 1000 },
    );
  });

  it('when the text of the header is changed, and its length fits', () => {
    const header = headerOf(sample);
    const snippet = fc.constantFrom(
      ...[
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
        'ä',
      ],
    );
    const edit = fc.tuple(fc.nat({ max: header.length }), fc.nat({ max: 3 }), snippet);
    const files = fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
      const change = (text: string, [at, cut, inserted]: [number, number, string]) =>
        text.slice(0, at) + inserted + text.slice(at + cut);
      return fileOf(edits.reduce(change, header), valuesOf(sample));
    });
    expectBothOutcomes(files, 1500);
  });

  it('when a field of the header is anything at all', () => {
    const anything = fc.jsonValue({ maxDepth: 2 });
    const field = fc.oneof(
      fc.constant({ dtype: 'F32', shape: [1], data_offsets: [0, 4] }),
      fc.record({
        dtype: fc.oneof(fc.constantFrom('F32', 'BOOL', 'I64', 'BF16'), anything),
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
    const names = fc.constantFrom('a', 'b', '__metadata__', '__proto__');
    const header = fc.dictionary(names, field, { noNullPrototype: true });
    const files = fc
      .tuple(header, fc.uint8Array({ maxLength: 8 }))
      .map(([fields, values]) => fileOf(JSON.stringify(fields), values));
    expectBothOutcomes(files, 1500);
  });

  it('when it is noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 40 }), (noise, length) => {
        isRead(noise);
        isRead(Uint8Array.of(length, 0, 0, 0, 0, 0, 0, 0, 123, ...noise));
      }),
      { numRuns: 1000 },
    );
  });
});
