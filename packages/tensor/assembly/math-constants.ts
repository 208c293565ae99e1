// The constants of vector functions, which kernels put into their thread's scratch: V8 builds a vector constant anew with four
// instructions wherever it is used, but spreads a float of memory with one, and its wide pass can fuse two such loads.
import { multiplyAdd } from './arithmetic';
import { scratch } from './scratch';

/** Behind what the walk over rows keeps there. */
const PLACE = 512;

/** Where the running kernel has its constants. */
@inline
export function constants(): usize {
  return scratch() + PLACE;
}

/** The bytes that `putPolynomial` writes. */
export const POLYNOMIAL: usize = 36;

/** Up to nine coefficients, that of the highest power first. */
export function putPolynomial(
  at: usize,
  c0: f32,
  c1: f32,
  c2: f32,
  c3: f32,
  c4: f32,
  c5: f32,
  c6: f32 = 0,
  c7: f32 = 0,
  c8: f32 = 0,
): void {
  store<f32>(at, c0, 0);
  store<f32>(at, c1, 4);
  store<f32>(at, c2, 8);
  store<f32>(at, c3, 12);
  store<f32>(at, c4, 16);
  store<f32>(at, c5, 20);
  store<f32>(at, c6, 24);
  store<f32>(at, c7, 28);
  store<f32>(at, c8, 32);
}

/** The value at x of a polynomial with six coefficients, by Horner's rule. */
@inline
export function polynomial6(at: usize, x: v128): v128 {
  let y = v128.load32_splat(at, 0);
  y = multiplyAdd(y, x, v128.load32_splat(at, 4));
  y = multiplyAdd(y, x, v128.load32_splat(at, 8));
  y = multiplyAdd(y, x, v128.load32_splat(at, 12));
  y = multiplyAdd(y, x, v128.load32_splat(at, 16));
  return multiplyAdd(y, x, v128.load32_splat(at, 20));
}

@inline
export function polynomial7(at: usize, x: v128): v128 {
  return multiplyAdd(polynomial6(at, x), x, v128.load32_splat(at, 24));
}

@inline
export function polynomial8(at: usize, x: v128): v128 {
  return multiplyAdd(polynomial7(at, x), x, v128.load32_splat(at, 28));
}

@inline
export function polynomial9(at: usize, x: v128): v128 {
  return multiplyAdd(polynomial8(at, x), x, v128.load32_splat(at, 32));
}
