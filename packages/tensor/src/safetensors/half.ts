/**
 * The two 16-bit floating-point formats: F16 (IEEE 754 binary16: 5 bits of exponent, 10 of fraction) and BF16 (the upper
 * half of a float32). Widening is exact; narrowing rounds to the nearest, ties to even, as PyTorch does.
 */

/** Float32 values of F16 bits, subnormals, infinities and the payloads of NaN included. */
export function widenF16(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  const bits = new Uint32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const sign = (half & 0x8000) << 16;
    const magnitude = half & 0x7fff;
    if (magnitude >= F16_INFINITY) bits[i] = sign | FLOAT_INFINITY | ((magnitude & 0x3ff) << 13);
    else if (magnitude >= 0x400) bits[i] = sign | ((magnitude << 13) + F16_BIAS);
    else out[i] = (sign === 0 ? 1 : -1) * magnitude * SMALLEST_F16;
  }
  return out;
}

/** F16 bits of float32 values. What is too large becomes infinite. */
export function narrowToF16(floats: Float32Array): Uint16Array {
  return new Uint16Array(
    bitsOf(floats).map((word) => ((word >>> 16) & 0x8000) | f16Magnitude(word & 0x7fffffff)),
  );
}

/** The F16 bits of a float32 that is not negative, given as bits. */
function f16Magnitude(word: number): number {
  if (word > FLOAT_INFINITY) return F16_INFINITY | QUIET_F16 | ((word >>> 13) & 0x3ff);
  if (word >= F16_OVERFLOW) return F16_INFINITY;
  if (word >= F16_NORMAL) return roundOff(word - F16_BIAS, 13);
  SCRATCH_BITS[0] = word;
  return roundToEven((SCRATCH[0] as number) / SMALLEST_F16);
}

/** Float32 values of BF16 bits. */
export function widenBF16(halves: Uint16Array): Float32Array {
  return new Float32Array(new Uint32Array(halves).map((half) => half << 16).buffer);
}

/** BF16 bits of float32 values. */
export function narrowToBF16(floats: Float32Array): Uint16Array {
  return new Uint16Array(
    bitsOf(floats).map((word) => {
      const isNotANumber = (word & 0x7fffffff) > FLOAT_INFINITY;
      return isNotANumber ? (word >>> 16) | QUIET_BF16 : roundOff(word, 16);
    }),
  );
}

/** `word` without its lowest `count` bits, rounded: a carry runs on into the exponent, which is where it belongs. */
function roundOff(word: number, count: number): number {
  const isOdd = (word >>> count) & 1;
  return (word + (1 << (count - 1)) - 1 + isOdd) >>> count;
}

/** Above 2^52 doubles are whole numbers, so that the addition rounds; for 0 <= x < 2^51. */
function roundToEven(x: number): number {
  return x + 2 ** 52 - 2 ** 52;
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}

const FLOAT_INFINITY = 0x7f800000;
const F16_INFINITY = 0x7c00;
/** The bits that make a NaN a quiet one, and keep one whose payload is lost from becoming an infinity. */
const QUIET_F16 = 0x200;
const QUIET_BF16 = 0x40;
/** The difference of the exponents' biases, 127 - 15, in place. */
const F16_BIAS = 112 << 23;
/** The float32 bits of 65520, which is as near to 65504, the largest F16, as to the next power of two. */
const F16_OVERFLOW = 0x477ff000;
/** The float32 bits of 2^-14, the smallest F16 that is not subnormal. */
const F16_NORMAL = 0x38800000;
const SMALLEST_F16 = 2 ** -24;

const SCRATCH = new Float32Array(1);
const SCRATCH_BITS = new Uint32Array(SCRATCH.buffer);
