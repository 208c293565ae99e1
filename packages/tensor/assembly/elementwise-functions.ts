// The elementwise kernels of functions of the reals; their error bounds stand with the functions.
import { binary, function1, function2, ternary, unary } from './elementwise-loops';
import { constants } from './math-constants';
import { floorDivideOf, remainderOf } from './math-division';
import { geluTanhOf, powerOf, softplusOf } from './math-doubles';
import { errorFunction, gaussianLinear, gaussianLinearSlope, putErf, putGelu } from './math-error';
import { exponential, exponentialMinus1, hyperbolicTangent, logistic, sigmoidLinear, sigmoidLinearSlope } from './math-exponential';
import { putExp, putExpm1, putSilu, putTanh } from './math-exponential';
import { logarithm1p, naturalLogarithm, putLog } from './math-logarithm';
import { cosineOf, sineOf, tangentOf } from './math-trigonometry';

class Exp {
  @inline of(k: usize, x: v128): v128 { return exponential(k, x); }
}
export function exp(p: usize, chunk: i32): void {
  putExp(constants());
  function1<Exp>(p, chunk);
}

class Expm1 {
  @inline of(k: usize, x: v128): v128 { return exponentialMinus1(k, x); }
}
export function expm1(p: usize, chunk: i32): void {
  putExpm1(constants());
  function1<Expm1>(p, chunk);
}

class Log {
  @inline of(k: usize, x: v128): v128 { return naturalLogarithm(k, x); }
}
export function log(p: usize, chunk: i32): void {
  putLog(constants());
  function1<Log>(p, chunk);
}

class Log1p {
  @inline of(k: usize, x: v128): v128 { return logarithm1p(k, x); }
}
export function log1p(p: usize, chunk: i32): void {
  putLog(constants());
  function1<Log1p>(p, chunk);
}

class Sigmoid {
  @inline of(k: usize, x: v128): v128 { return logistic(k, x); }
}
export function sigmoid(p: usize, chunk: i32): void {
  putExp(constants());
  function1<Sigmoid>(p, chunk);
}

class Silu {
  @inline of(k: usize, x: v128): v128 { return sigmoidLinear(k, x); }
}
export function silu(p: usize, chunk: i32): void {
  putSilu(constants());
  function1<Silu>(p, chunk);
}

class Tanh {
  @inline of(k: usize, x: v128): v128 { return hyperbolicTangent(k, x); }
}
export function tanh(p: usize, chunk: i32): void {
  putTanh(constants());
  function1<Tanh>(p, chunk);
}

/** 1 / sqrt(x), rounded twice: to 2 ulp. */
class Rsqrt {
  @inline of(x: v128): v128 { return f32x4.div(f32x4.splat(1), f32x4.sqrt(x)); }
}
export function rsqrt(p: usize, chunk: i32): void { unary<Rsqrt>(p, chunk); }

class Erf {
  @inline of(k: usize, x: v128): v128 { return errorFunction(k, x); }
}
export function erf(p: usize, chunk: i32): void {
  putErf(constants());
  function1<Erf>(p, chunk);
}

class Gelu {
  @inline of(k: usize, x: v128): v128 { return gaussianLinear(k, x); }
}
export function gelu(p: usize, chunk: i32): void {
  putGelu(constants());
  function1<Gelu>(p, chunk);
}

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
  @inline of(k: usize, g: v128, x: v128): v128 { return f32x4.mul(g, sigmoidLinearSlope(k, x)); }
}
export function siluGrad(p: usize, chunk: i32): void {
  putExp(constants());
  function2<SiluGrad>(p, chunk);
}

class GeluGrad {
  @inline of(k: usize, g: v128, x: v128): v128 { return f32x4.mul(g, gaussianLinearSlope(k, x)); }
}
export function geluGrad(p: usize, chunk: i32): void {
  putGelu(constants());
  function2<GeluGrad>(p, chunk);
}
