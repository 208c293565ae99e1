/** Which instructions the engine has, and how it is told to use more of them. */
import { platform } from '#platform';

/** A module of one function that holds `code`, whose result is a vector. */
function moduleOf(code: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = [0, ...code, 0x0b];
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 5, 1, 0x60, 0, 1, 0x7b],
    ...[3, 2, 1, 0],
    ...[10, body.length + 2, 1, body.length, ...body],
  );
}

const ZERO_VECTOR = [0xfd, 0x0f];
const splat = [0x41, 0, ...ZERO_VECTOR];

/** `v128` and its arithmetic: all engines since 2021. */
const SIMD = moduleOf(splat);
/** `f32x4.relaxed_madd`. */
const RELAXED_SIMD = moduleOf([...splat, ...splat, ...splat, 0xfd, 0x85, 0x02]);

export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD);
}

/** Also tries to switch it on: in Node 20 it is there behind a flag. */
export function hasRelaxedSimd(): boolean {
  if (WebAssembly.validate(RELAXED_SIMD)) return true;
  platform.enableRelaxedSimd();
  return WebAssembly.validate(RELAXED_SIMD);
}
