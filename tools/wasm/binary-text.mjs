// Writes bytes as text, for source files that any tool, server and charset passes on unchanged: printable ASCII without the
// characters that mean something in strings, templates and pages.
//
// What counts is the size after gzip, which finds strings of whole characters that come again within 32 KB. Base64 writes the same
// bytes differently at each of three positions, which hides most of what comes again: compressed, the kernels take 33 KB. As
// hexadecimal digits they take 26 KB, since only half as much fits into those 32 KB, and so 24 KB, as if they were plain bytes.

/** In the order of their codes. packages/tensor/assembly/unpack.ts, which reads the text, knows what is left out. */
const DIGITS = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i))
  .filter((character) => !'"$\'<\\`'.includes(character))
  .join('');

/** With one of the first 87 digits a byte ends. The others tell that it is beyond these, and how far. */
const COLUMNS = 87;

/** Moves the bytes that WebAssembly uses most to where one digit is enough: small numbers, and 0xf8 to 0xff before them. */
const SHIFT = 8;

/** One or two characters for each byte; most of a module's need one. */
export function textOf(binary) {
  const characters = [...binary].map((byte) => {
    const value = (byte + SHIFT) % 256;
    const row = Math.floor(value / COLUMNS);
    return (row > 0 ? DIGITS[COLUMNS + row - 1] : '') + DIGITS[value % COLUMNS];
  });
  return characters.join('');
}
