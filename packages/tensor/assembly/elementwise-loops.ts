// The loops of elementwise kernels: a kernel is one of these with a class whose method computes four values at a time.
//
// Each turn takes 8 values: it loads both halves, computes both, then stores both, which is what V8's wide pass can fuse.
import { begin, end, first, firstStep, next, second, secondStep, target, third, thirdStep } from './elementwise-rows';
import { constants } from './math-constants';

/** f(a), floats to floats. */
@inline
export function unary<F>(p: usize, chunk: i32): void {
  const f = changetype<F>(0);
  begin(p, chunk);
  while (next()) {
    const stop = end;
    const stepA = firstStep;
    let a = first;
    for (let to = target; to < stop; to += 32, a += stepA) {
      const a0 = v128.load(a);
      const a1 = v128.load(a, 16);
      const y0 = f.of(a0);
      const y1 = f.of(a1);
      v128.store(to, y0);
      v128.store(to, y1, 16);
    }
  }
}

/** f(a, b), floats to floats. */
@inline
export function binary<F>(p: usize, chunk: i32): void {
  const f = changetype<F>(0);
  begin(p, chunk);
  while (next()) {
    const stop = end;
    const stepA = firstStep;
    const stepB = secondStep;
    let a = first;
    let b = second;
    for (let to = target; to < stop; to += 32, a += stepA, b += stepB) {
      const a0 = v128.load(a);
      const a1 = v128.load(a, 16);
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const y0 = f.of(a0, b0);
      const y1 = f.of(a1, b1);
      v128.store(to, y0);
      v128.store(to, y1, 16);
    }
  }
}

/** f(a, b, c), floats to floats. */
@inline
export function ternary<F>(p: usize, chunk: i32): void {
  const f = changetype<F>(0);
  begin(p, chunk);
  while (next()) {
    const stop = end;
    const stepA = firstStep;
    const stepB = secondStep;
    const stepC = thirdStep;
    let a = first;
    let b = second;
    let c = third;
    for (let to = target; to < stop; to += 32, a += stepA, b += stepB, c += stepC) {
      const a0 = v128.load(a);
      const a1 = v128.load(a, 16);
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const c0 = v128.load(c);
      const c1 = v128.load(c, 16);
      const y0 = f.of(a0, b0, c0);
      const y1 = f.of(a1, b1, c1);
      v128.store(to, y0);
      v128.store(to, y1, 16);
    }
  }
}

/** f(a), floats to floats, for functions that have their constants in memory. */
@inline
export function function1<F>(p: usize, chunk: i32): void {
  const f = changetype<F>(0);
  const k = constants();
  begin(p, chunk);
  while (next()) {
    const stop = end;
    const stepA = firstStep;
    let a = first;
    for (let to = target; to < stop; to += 32, a += stepA) {
      const a0 = v128.load(a);
      const a1 = v128.load(a, 16);
      const y0 = f.of(k, a0);
      const y1 = f.of(k, a1);
      v128.store(to, y0);
      v128.store(to, y1, 16);
    }
  }
}

/** The same of f(a, b). */
@inline
export function function2<F>(p: usize, chunk: i32): void {
  const f = changetype<F>(0);
  const k = constants();
  begin(p, chunk);
  while (next()) {
    const stop = end;
    const stepA = firstStep;
    const stepB = secondStep;
    let a = first;
    let b = second;
    for (let to = target; to < stop; to += 32, a += stepA, b += stepB) {
      const a0 = v128.load(a);
      const a1 = v128.load(a, 16);
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const y0 = f.of(k, a0, b0);
      const y1 = f.of(k, a1, b1);
      v128.store(to, y0);
      v128.store(to, y1, 16);
    }
  }
}

/** f(a), floats to truth values: the method gives a mask. */
@inline
export function unaryTest<F>(p: usize, chunk: i32): void {
  const f = changetype<F>(0);
  begin(p, chunk);
  while (next()) {
    const stop = end;
    const stepA = firstStep;
    let a = first;
    for (let to = target; to < stop; to += 8, a += stepA) {
      storeTruths(to, f.of(v128.load(a)), f.of(v128.load(a, 16)));
    }
  }
}

/** f(a, b), floats to truth values: the method gives a mask. */
@inline
export function binaryTest<F>(p: usize, chunk: i32): void {
  const f = changetype<F>(0);
  begin(p, chunk);
  while (next()) {
    const stop = end;
    const stepA = firstStep;
    const stepB = secondStep;
    let a = first;
    let b = second;
    for (let to = target; to < stop; to += 8, a += stepA, b += stepB) {
      storeTruths(to, f.of(v128.load(a), v128.load(b)), f.of(v128.load(a, 16), v128.load(b, 16)));
    }
  }
}

/** Two masks of 4 lanes as 8 bytes of 0 and 1. */
@inline
function storeTruths(to: usize, mask0: v128, mask1: v128): void {
  const mask = i16x8.narrow_i32x4_s(mask0, mask1);
  storeBytes(to, i8x16.narrow_i16x8_s(mask, mask));
}

/** Truth values to floats 0 and 1. */
@inline
export function truthsToFloats(p: usize, chunk: i32): void {
  begin(p, chunk);
  while (next()) {
    const stop = end;
    const stepA = firstStep;
    let a = first;
    for (let to = target; to < stop; to += 32, a += stepA) {
      const truths = v128.load8x8_u(a);
      v128.store(to, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(truths)));
      v128.store(to, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(truths)), 16);
    }
  }
}

/** f(a, b) of truth values: the method gives a mask of bytes. */
@inline
export function logic<F>(p: usize, chunk: i32): void {
  const f = changetype<F>(0);
  begin(p, chunk);
  while (next()) {
    const stop = end;
    const stepA = firstStep;
    const stepB = secondStep;
    let a = first;
    let b = second;
    for (let to = target; to < stop; to += 8, a += stepA, b += stepB) {
      storeBytes(to, f.of(v128.load64_zero(a), v128.load64_zero(b)));
    }
  }
}

/** The first 8 lanes of a mask of bytes, as 0 and 1. */
@inline
function storeBytes(to: usize, mask: v128): void {
  v128.store64_lane(to, v128.and(mask, i8x16.splat(1)), 0);
}

/** b where the bytes of a are not 0, and c elsewhere. */
@inline
export function choose(p: usize, chunk: i32): void {
  begin(p, chunk);
  while (next()) {
    const stop = end;
    const stepA = firstStep;
    const stepB = secondStep;
    const stepC = thirdStep;
    let a = first;
    let b = second;
    let c = third;
    for (let to = target; to < stop; to += 32, a += stepA, b += stepB, c += stepC) {
      const truths = v128.load8x8_u(a);
      const mask0 = i32x4.ne(i32x4.extend_low_i16x8_u(truths), i32x4.splat(0));
      const mask1 = i32x4.ne(i32x4.extend_high_i16x8_u(truths), i32x4.splat(0));
      const y0 = v128.bitselect(v128.load(b), v128.load(c), mask0);
      const y1 = v128.bitselect(v128.load(b, 16), v128.load(c, 16), mask1);
      v128.store(to, y0);
      v128.store(to, y1, 16);
    }
  }
}
