// The elementwise kernels that are exact: arithmetic, rounding, comparisons, logic, and changes of dtype.
import { binary, binaryTest, choose, logic, ternary, truthsToFloats, unary, unaryTest } from './elementwise-loops';

@inline
function ones(): v128 {
  return f32x4.splat(1);
}

@inline
function zeros(): v128 {
  return f32x4.splat(0);
}

class Add {
  @inline of(a: v128, b: v128): v128 { return f32x4.add(a, b); }
}
export function add(p: usize, chunk: i32): void { binary<Add>(p, chunk); }

class Sub {
  @inline of(a: v128, b: v128): v128 { return f32x4.sub(a, b); }
}
export function sub(p: usize, chunk: i32): void { binary<Sub>(p, chunk); }

class Mul {
  @inline of(a: v128, b: v128): v128 { return f32x4.mul(a, b); }
}
export function mul(p: usize, chunk: i32): void { binary<Mul>(p, chunk); }

class Div {
  @inline of(a: v128, b: v128): v128 { return f32x4.div(a, b); }
}
export function div(p: usize, chunk: i32): void { binary<Div>(p, chunk); }

class Maximum {
  @inline of(a: v128, b: v128): v128 { return f32x4.max(a, b); }
}
export function maximum(p: usize, chunk: i32): void { binary<Maximum>(p, chunk); }

class Minimum {
  @inline of(a: v128, b: v128): v128 { return f32x4.min(a, b); }
}
export function minimum(p: usize, chunk: i32): void { binary<Minimum>(p, chunk); }

class Clamp {
  @inline of(x: v128, low: v128, high: v128): v128 { return f32x4.min(f32x4.max(x, low), high); }
}
export function clamp(p: usize, chunk: i32): void { ternary<Clamp>(p, chunk); }

class Neg {
  @inline of(x: v128): v128 { return f32x4.neg(x); }
}
export function neg(p: usize, chunk: i32): void { unary<Neg>(p, chunk); }

class Abs {
  @inline of(x: v128): v128 { return f32x4.abs(x); }
}
export function absolute(p: usize, chunk: i32): void { unary<Abs>(p, chunk); }

class Sign {
  @inline of(x: v128): v128 {
    const above = v128.and(f32x4.gt(x, zeros()), ones());
    return v128.or(above, v128.and(f32x4.lt(x, zeros()), f32x4.splat(-1)));
  }
}
export function sign(p: usize, chunk: i32): void { unary<Sign>(p, chunk); }

class Square {
  @inline of(x: v128): v128 { return f32x4.mul(x, x); }
}
export function square(p: usize, chunk: i32): void { unary<Square>(p, chunk); }

class Floor {
  @inline of(x: v128): v128 { return f32x4.floor(x); }
}
export function floorOf(p: usize, chunk: i32): void { unary<Floor>(p, chunk); }

class Ceil {
  @inline of(x: v128): v128 { return f32x4.ceil(x); }
}
export function ceilOf(p: usize, chunk: i32): void { unary<Ceil>(p, chunk); }

class Round {
  @inline of(x: v128): v128 { return f32x4.nearest(x); }
}
export function round(p: usize, chunk: i32): void { unary<Round>(p, chunk); }

class Sqrt {
  @inline of(x: v128): v128 { return f32x4.sqrt(x); }
}
export function squareRoot(p: usize, chunk: i32): void { unary<Sqrt>(p, chunk); }

class Reciprocal {
  @inline of(x: v128): v128 { return f32x4.div(ones(), x); }
}
export function reciprocal(p: usize, chunk: i32): void { unary<Reciprocal>(p, chunk); }

/** Also turns -0 into 0, and keeps NaN. */
class Relu {
  @inline of(x: v128): v128 { return v128.andnot(x, f32x4.le(x, zeros())); }
}
export function relu(p: usize, chunk: i32): void { unary<Relu>(p, chunk); }

/** Given the gradient and relu's output. */
class ReluGrad {
  @inline of(g: v128, y: v128): v128 { return v128.andnot(g, f32x4.le(y, zeros())); }
}
export function reluGrad(p: usize, chunk: i32): void { binary<ReluGrad>(p, chunk); }

class Eq {
  @inline of(a: v128, b: v128): v128 { return f32x4.eq(a, b); }
}
export function eq(p: usize, chunk: i32): void { binaryTest<Eq>(p, chunk); }

class Ne {
  @inline of(a: v128, b: v128): v128 { return f32x4.ne(a, b); }
}
export function ne(p: usize, chunk: i32): void { binaryTest<Ne>(p, chunk); }

class Lt {
  @inline of(a: v128, b: v128): v128 { return f32x4.lt(a, b); }
}
export function lt(p: usize, chunk: i32): void { binaryTest<Lt>(p, chunk); }

class Le {
  @inline of(a: v128, b: v128): v128 { return f32x4.le(a, b); }
}
export function le(p: usize, chunk: i32): void { binaryTest<Le>(p, chunk); }

class Gt {
  @inline of(a: v128, b: v128): v128 { return f32x4.gt(a, b); }
}
export function gt(p: usize, chunk: i32): void { binaryTest<Gt>(p, chunk); }

class Ge {
  @inline of(a: v128, b: v128): v128 { return f32x4.ge(a, b); }
}
export function ge(p: usize, chunk: i32): void { binaryTest<Ge>(p, chunk); }

class IsNaN {
  @inline of(x: v128): v128 { return f32x4.ne(x, x); }
}
export function isnan(p: usize, chunk: i32): void { unaryTest<IsNaN>(p, chunk); }

class IsInf {
  @inline of(x: v128): v128 { return f32x4.eq(f32x4.abs(x), f32x4.splat(Infinity)); }
}
export function isinf(p: usize, chunk: i32): void { unaryTest<IsInf>(p, chunk); }

class IsFinite {
  @inline of(x: v128): v128 { return f32x4.lt(f32x4.abs(x), f32x4.splat(Infinity)); }
}
export function isfinite(p: usize, chunk: i32): void { unaryTest<IsFinite>(p, chunk); }

class LogicalNot {
  @inline of(a: v128, _: v128): v128 { return i8x16.eq(a, i8x16.splat(0)); }
}
export function logicalNot(p: usize, chunk: i32): void { logic<LogicalNot>(p, chunk); }

class LogicalAnd {
  @inline of(a: v128, b: v128): v128 { return v128.and(truth(a), truth(b)); }
}
export function logicalAnd(p: usize, chunk: i32): void { logic<LogicalAnd>(p, chunk); }

class LogicalOr {
  @inline of(a: v128, b: v128): v128 { return truth(v128.or(a, b)); }
}
export function logicalOr(p: usize, chunk: i32): void { logic<LogicalOr>(p, chunk); }

class LogicalXor {
  @inline of(a: v128, b: v128): v128 { return i8x16.ne(a, b); }
}
export function logicalXor(p: usize, chunk: i32): void { logic<LogicalXor>(p, chunk); }

@inline
function truth(bytes: v128): v128 {
  return i8x16.ne(bytes, i8x16.splat(0));
}

export function where(p: usize, chunk: i32): void { choose(p, chunk); }

/** Anything but 0 is true, NaN too. */
class FloatToBool {
  @inline of(x: v128): v128 { return f32x4.ne(x, zeros()); }
}
export function floatToBool(p: usize, chunk: i32): void { unaryTest<FloatToBool>(p, chunk); }

export function boolToFloat(p: usize, chunk: i32): void { truthsToFloats(p, chunk); }

class IntToFloat {
  @inline of(x: v128): v128 { return f32x4.convert_i32x4_s(x); }
}
export function intToFloat(p: usize, chunk: i32): void { unary<IntToFloat>(p, chunk); }

/** Cut towards 0, and wrapped around as in C: the last 32 bits of the whole number. 0 for what is no number or infinite. */
class FloatToInt {
  @inline of(x: v128): v128 {
    const isInside = f32x4.lt(f32x4.abs(x), f32x4.splat(2147483648));
    return i32x4.all_true(isInside) ? i32x4.trunc_sat_f32x4_s(x) : wrapped(x);
  }
}
export function floatToInt(p: usize, chunk: i32): void { unary<FloatToInt>(p, chunk); }

function wrapped(x: v128): v128 {
  const low = i32x4.replace_lane(i32x4.splat(wrappedLane(f32x4.extract_lane(x, 0))), 1, wrappedLane(f32x4.extract_lane(x, 1)));
  const third = i32x4.replace_lane(low, 2, wrappedLane(f32x4.extract_lane(x, 2)));
  return i32x4.replace_lane(third, 3, wrappedLane(f32x4.extract_lane(x, 3)));
}

/** From 2^56 on, floats are multiples of 2^32. */
function wrappedLane(x: f32): i32 {
  return abs(x) < 72057594037927936 ? <i32>(<i64>x) : 0;
}
