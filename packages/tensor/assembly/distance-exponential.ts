// e^x for x <= 0, the distances of a lane's values from its largest one.
//
// V8 builds a constant vector anew wherever one is used, which takes longer than the arithmetic (twice the time in Node 24): so
// the constants lie in memory, from where one instruction fetches each.
import { multiplyAdd } from './arithmetic';
import { scratch } from './scratch';

/** Below it, exponentials are 0: float32 has no normal numbers for them. */
const LOWEST = 0;
const LOG2_E = 1;
/** 1.5 * 2^23: adding it rounds to a whole number, which then stands in the lowest bits. */
const ROUNDER = 2;
/** log(2) in two parts, of which the first has so few bits that its multiples are exact; negative. */
const LN2_HIGH = 3;
const LN2_LOW = 4;
/** The minimax polynomial for (e^r - 1 - r) / r^2, from the highest power of r on. */
const C4 = 5;
const C3 = 6;
const C2 = 7;
const C1 = 8;
const C0 = 9;
const HALF = 10;
const ONE = 11;

/** The last bytes of the 1 MiB of scratch. */
@inline
function table(): usize {
  return scratch() + ((1 << 20) - 64);
}

@inline
function put(constant: i32, value: f32): void {
  store<f32>(table() + (<usize>constant << 2), value);
}

@inline
function constant(i: i32): v128 {
  return v128.load32_splat(table() + (<usize>i << 2));
}

/** Has to be called before the first exponential of a chunk. */
export function prepareExponentials(): void {
  put(LOWEST, -87);
  put(LOG2_E, 1.4426950408889634);
  put(ROUNDER, 12582912);
  put(LN2_HIGH, -0.693359375);
  put(LN2_LOW, 2.1219444005469057e-4);
  put(C4, 0.0001994427148019895);
  put(C3, 0.0013932723086327314);
  put(C2, 0.008333208039402962);
  put(C1, 0.04166648909449577);
  put(C0, 0.1666666716337204);
  put(HALF, 0.5);
  put(ONE, 1);
}

/** e^x to 2 ulp: 2^n e^r with n = round(x / log(2)) and |r| <= log(2) / 2. */
@inline
export function exponential(x: v128): v128 {
  const bounded = f32x4.pmax(x, constant(LOWEST));
  const shift = multiplyAdd(bounded, constant(LOG2_E), constant(ROUNDER));
  const n = f32x4.sub(shift, constant(ROUNDER));
  let r = multiplyAdd(n, constant(LN2_HIGH), bounded);
  r = multiplyAdd(n, constant(LN2_LOW), r);
  let y = multiplyAdd(constant(C4), r, constant(C3));
  y = multiplyAdd(y, r, constant(C2));
  y = multiplyAdd(y, r, constant(C1));
  y = multiplyAdd(y, r, constant(C0));
  y = multiplyAdd(y, r, constant(HALF));
  y = f32x4.add(multiplyAdd(f32x4.mul(r, r), y, r), constant(ONE));
  // The lowest bits of shift are n, and so small an n may be added to the exponent as it is.
  const power = i32x4.add(y, i32x4.shl(shift, 23));
  return v128.andnot(power, f32x4.lt(x, constant(LOWEST)));
}
