// Turns the text that modules are embedded as into their bytes: see tools/wasm/binary-text.mjs. A module of its own, for which
// a start need not wait: JavaScript, which runs uncompiled at first, takes milliseconds for this loop.

/** Whether a character comes after one that is not a digit. */
@inline
function isAfter(code: u32, character: u32): u32 {
  return <u32>(code > character);
}

/** A digit's place among the printable characters without " $ ' < \ and `. */
function digitAt(address: usize): u32 {
  const code: u32 = load<u8>(address);
  const before = isAfter(code, 0x22) + isAfter(code, 0x24) + isAfter(code, 0x27);
  return code - 0x20 - before - isAfter(code, 0x3c) - isAfter(code, 0x5c) - isAfter(code, 0x60);
}

/** Reads `length` characters from address 0 on, and writes the bytes over them; returns how many. */
export function unpack(length: usize): usize {
  let end: usize = 0;
  for (let at: usize = 0; at < length; at++) {
    let value = digitAt(at);
    if (value >= COLUMNS) value = (value - COLUMNS + 1) * COLUMNS + digitAt(++at);
    store<u8>(end++, <u8>(value - SHIFT));
  }
  return end;
}

const COLUMNS: u32 = 87;
const SHIFT: u32 = 8;
