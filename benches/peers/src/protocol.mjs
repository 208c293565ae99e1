/**
 * The lines that pass between the parent and a worker. A worker gets its task as JSON in its last argument. It answers
 * one JSON object a line: first `ready` (or `error`), then a `turn` for each line that asks for one.
 */

/**
 * @typedef {object} Task
 * @property {import('./cases.mjs').Case} case
 * @property {number} threads
 * @property {boolean} wide
 * @property {number} warmUp How long to run before `ready`, in seconds.
 * @property {object} [options] Of the engine.
 */

/** Float32 values as text: base64 of their little-endian bytes. @param {Float32Array} values */
export function encodeFloats(values) {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** @param {string} text */
export function decodeFloats(text) {
  const bytes = Buffer.from(text, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/**
 * Cuts a stream of text into lines, and hands each on as the object that it holds.
 *
 * @param {(message: object) => void} onMessage
 * @returns {(chunk: string) => void}
 */
export function messageReader(onMessage) {
  const pending = [];
  return (chunk) => {
    const pieces = chunk.split('\n');
    for (const piece of pieces.slice(0, -1)) {
      pending.push(piece);
      const line = pending.join('');
      // An engine's native code may print as well.
      if (line.startsWith('{')) onMessage(JSON.parse(line));
      pending.length = 0;
    }
    pending.push(pieces.at(-1));
  };
}

/** @param {object} message */
export function messageLine(message) {
  return `${JSON.stringify(message)}\n`;
}
