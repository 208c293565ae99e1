/** Tests of the text that wasm modules are embedded as. */
import { describe, expect, it } from '@jest/globals';
import { bytesOf } from '../../../src/kernels/wasm/binary-text.js';
import * as binaries from '../../../src/kernels/wasm/generated/binaries.js';

const { unpacker: _, ...texts } = binaries;

/** Printable ASCII. */
const characters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
const digits = characters.filter((character) => !'"$\'<\\`'.includes(character));
const [single, announcing] = [digits.slice(0, 87), digits.slice(87)];

describe('the text of a binary', () => {
  it('has one text for each byte, of one character or two', () => {
    const all = [...single, ...announcing.flatMap((first) => single.map((second) => first + second))];
    const bytes = all.map((text) => [...bytesOf(text)]);
    expect(bytes.slice(0, 256)).toEqual(Array.from({ length: 256 }, (_, i) => [(i + 248) % 256]));
  });

  it('is the texts of its bytes in a row', () => {
    expect([...bytesOf('*(+|} }!~F*')]).toEqual([255, 253, 0, 78, 79, 80, 200, 255]);
    expect(bytesOf('')).toHaveLength(0);
  });

  it.each(Object.entries(texts))(
    'of %s is a module, in characters that any source file can hold',
    (_, text) => {
      expect([...new Set(text)].filter((character) => !digits.includes(character))).toEqual([]);
      expect([...bytesOf(text).subarray(0, 4)]).toEqual([0, ...Buffer.from('asm')]);
    },
  );
});
