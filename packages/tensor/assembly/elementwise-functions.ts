// The elementwise kernels of functions of the reals; their error bounds stand with the functions.
import { binary, ternary, unary } from './elementwise-loops';
import { floorDivideOf, remainderOf } from './math-division';
import { geluTanhOf, powerOf, softplusOf } from './math-doubles';
import { errorFunction, gaussianLinear, gaussianLinearSlope } from './math-error';
import { exponential, exponentialMinus1, hyperbolicTangent, logistic, sigmoidLinear, sigmoidLinearSlope } from './math-exponential';
import { logarithm1p, naturalLogarithm } from './math-logarithm';
import { cosineOf, sineOf, tangentOf } from './math-trigonometry';

class Exp {
  @inline of(x: v128): v128 { return exponential(x); }
}
export function exp(p: usize, chunk: i32): void { unary<Exp>(p, chunk); }

class Expm1 {
  @inline of(x: v128): v128 { return exponentialMinus1(x); }
}
export function expm1(p: usize, chunk: i32): void { unary<Expm1>(p, chunk); }

class Log {
  @inline of(x: v128): v128 { return naturalLogarithm(x); }
}
export function log(p: usize, chunk: i32): void { unary<Log>(p, chunk); }

class Log1p {
  @inline of(x: v128): v128 { return logarithm1p(x); }
}
export function log1p(p: usize, chunk: i32): void { unary<Log1p>(p, chunk); }

class Sigmoid {
  @inline of(x: v128): v128 { return logistic(x); }
}
export function sigmoid(p: usize, chunk: i32): void { unary<Sigmoid>(p, chunk); }

class Silu {
  @inline of(x: v128): v128 { return sigmoidLinear(x); }
}
export function silu(p: usize, chunk: i32): void { unary<Silu>(p, chunk); }

class Tanh {
  @inline of(x: v128): v128 { return hyperbolicTangent(x); }
}
export function tanh(p: usize, chunk: i32): void { unary<Tanh>(p, chunk); }

/** 1 / sqrt(x), rounded twice: to 2 ulp. */
class Rsqrt {
  @inline of(x: v128): v128 { return f32x4.div(f32x4.splat(1), f32x4.sqrt(x)); }
}
export function rsqrt(p: usize, chunk: i32): void { unary<Rsqrt>(p, chunk); }

class Erf {
  @inline of(x: v128): v128 { return errorFunction(x); }
}
export function erf(p: usize, chunk: i32): void { unary<Erf>(p, chunk); }

class Gelu {
  @inline of(x: v128): v128 { return gaussianLinear(x); }
}
export function gelu(p: usize, chunk: i32): void { unary<Gelu>(p, chunk); }

class GeluTanh {
  @inline of(x: v128): v128 { return geluTanhOf(x); }
}
export function geluTanh(p: usize, chunk: i32): void { unary<GeluTanh>(p, chunk); }

class Sin {
  @inline of(x: v128): v128 { return sineOf(x); }
}
export function sin(p: usize, chunk: i32): void { unary<Sin>(p, chunk); }

class Cos {
  @inline of(x: v128): v128 { return cosineOf(x); }
}
export function cos(p: usize, chunk: i32): void { unary<Cos>(p, chunk); }

class Tan {
  @inline of(x: v128): v128 { return tangentOf(x); }
}
export function tan(p: usize, chunk: i32): void { unary<Tan>(p, chunk); }

class Softplus {
  @inline of(x: v128, beta: v128, threshold: v128): v128 { return softplusOf(x, beta, threshold); }
}
export function softplus(p: usize, chunk: i32): void { ternary<Softplus>(p, chunk); }

class Pow {
  @inline of(a: v128, b: v128): v128 { return powerOf(a, b); }
}
export function pow(p: usize, chunk: i32): void { binary<Pow>(p, chunk); }

class Remainder {
  @inline of(a: v128, b: v128): v128 { return remainderOf(a, b); }
}
export function remainder(p: usize, chunk: i32): void { binary<Remainder>(p, chunk); }

class FloorDivide {
  @inline of(a: v128, b: v128): v128 { return floorDivideOf(a, b); }
}
export function floorDivide(p: usize, chunk: i32): void { binary<FloorDivide>(p, chunk); }

@inline
function complement(y: v128): v128 {
  return f32x4.sub(f32x4.splat(1), y);
}

class TanhGrad {
  @inline of(g: v128, y: v128): v128 { return f32x4.mul(f32x4.mul(g, complement(y)), f32x4.add(f32x4.splat(1), y)); }
}
export function tanhGrad(p: usize, chunk: i32): void { binary<TanhGrad>(p, chunk); }

class SigmoidGrad {
  @inline of(g: v128, y: v128): v128 { return f32x4.mul(f32x4.mul(g, y), complement(y)); }
}
export function sigmoidGrad(p: usize, chunk: i32): void { binary<SigmoidGrad>(p, chunk); }

class SiluGrad {
  @inline of(g: v128, x: v128): v128 { return f32x4.mul(g, sigmoidLinearSlope(x)); }
}
export function siluGrad(p: usize, chunk: i32): void { binary<SiluGrad>(p, chunk); }

class GeluGrad {
  @inline of(g: v128, x: v128): v128 { return f32x4.mul(g, gaussianLinearSlope(x)); }
}
export function geluGrad(p: usize, chunk: i32): void { binary<GeluGrad>(p, chunk); }
