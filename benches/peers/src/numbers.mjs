/** The inputs of every case, made alike in each process from a seed: nothing large has to travel. */

/**
 * `length` float32 values, evenly spread over [-bound, bound). The bits are a hash of seed and index (lowbias32 of
 * https://github.com/skeeto/hash-prospector), which workers/pytorch.py computes as well.
 *
 * @param {number} seed A whole number.
 * @param {number} length
 * @param {number} bound
 */
export function uniform(seed, length, bound = 1) {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = (hash(seed, i) / 2 ** 23 - 1) * bound;
  return values;
}

/** `length` whole numbers from 0 to `below` - 1. */
export function integers(seed, length, below) {
  return Int32Array.from({ length }, (_, i) => hash(seed, i) % below);
}

/** 24 bits, so that the quotient above is a float32 without rounding. */
function hash(seed, i) {
  let x = (i + Math.imul(seed, 0x9e3779b9)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return ((x ^ (x >>> 16)) >>> 8) & 0xffffff;
}
