/** Gradients of the elementwise ops; in rules for gradients of activations, `G` is the gradient of that gradient. */
import {
  cos,
  eq,
  exp,
  floorDivide,
  ge,
  geluGrad,
  gt,
  le,
  log,
  logicalAnd,
  logicalOr,
  lt,
  neg,
  pow,
  reluGrad,
  sigmoid,
  sigmoidGrad,
  sign,
  siluGrad,
  sin,
  sub,
  type Tensor,
  tanh,
  tanhGrad,
  where,
  zerosLike,
} from '@lowrank/tensor';
import { type Rule, rule } from './rule.js';

/** Constant between its jumps. */
const flat: Rule = rule('nothing', (g, { inputs }) => inputs.map(() => () => zerosLike(g)));

/** The larger or smaller of two: the gradient goes to the one that was taken, half to each where both are equal. */
function chosen(loses: (x: Tensor, other: Tensor) => Tensor): Rule {
  return rule('inputs', (g, { inputs: [a, b] }) => {
    const share = where(eq(a, b), g.div(2), g);
    return [() => where(loses(a, b), 0, share), () => where(loses(b, a), 0, share)];
  });
}

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
const ONE_OVER_SQRT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);
const SQRT_TWO_OVER_PI = Math.sqrt(2 / Math.PI);

export const elementwiseRules: Readonly<Record<string, Rule>> = {
  add: rule('nothing', (g) => [() => g, () => g]),
  sub: rule('nothing', (g) => [() => g, () => neg(g)]),
  mul: rule('the others', (g, { inputs: [a, b] }) => [() => g.mul(b), () => g.mul(a)]),
  div: rule([[1], [0, 1]], (g, { inputs: [a, b] }) => [() => g.div(b), () => neg(g).mul(a.div(b).div(b))]),
  remainder: rule([[], [0, 1]], (g, { inputs: [a, b] }) => [() => g, () => neg(g).mul(floorDivide(a, b))]),
  floorDivide: flat,
  pow: rule('inputs', (g, { inputs: [a, b] }) => {
    const constant = eq(b, 0);
    // The slope in b is 0 also at 0^b, where log(a) is infinite.
    const atZero = logicalAnd(eq(a, 0), ge(b, 0));
    return [
      () => where(constant, 0, g.mul(b).mul(pow(a, where(constant, 1, sub(b, 1))))),
      () => where(atZero, 0, g.mul(pow(a, b)).mul(log(where(atZero, 1, a)))),
    ];
  }),
  maximum: chosen(lt),
  minimum: chosen(gt),
  where: rule([0], (g, { inputs: [condition] }) => [
    null,
    () => where(condition, g, 0),
    () => where(condition, 0, g),
  ]),
  clamp: rule('inputs', (g, { inputs: [x, min, max] }) => [
    () => where(logicalAnd(ge(x, min), le(x, max)), g, 0),
    () => where(logicalAnd(lt(x, min), lt(min, max)), g, 0),
    () => where(logicalOr(gt(x, max), lt(max, min)), g, 0),
  ]),

  neg: rule('nothing', (g) => neg(g)),
  abs: rule('inputs', (g, { inputs: [x] }) => g.mul(sign(x))),
  square: rule('inputs', (g, { inputs: [x] }) => g.mul(x).mul(2)),
  sign: flat,
  floor: flat,
  ceil: flat,
  round: flat,

  exp: rule('output', (g, { output }) => g.mul(output)),
  expm1: rule('output', (g, { output }) => g.mul(output.add(1))),
  log: rule('inputs', (g, { inputs: [x] }) => g.div(x)),
  log1p: rule('inputs', (g, { inputs: [x] }) => g.div(x.add(1))),
  sqrt: rule('output', (g, { output }) => g.div(output.mul(2))),
  rsqrt: rule('output', (g, { output }) => g.mul(output.mul(output.square())).mul(-0.5)),
  reciprocal: rule('output', (g, { output }) => neg(g).mul(output.square())),
  sin: rule('inputs', (g, { inputs: [x] }) => g.mul(cos(x))),
  cos: rule('inputs', (g, { inputs: [x] }) => neg(g).mul(sin(x))),
  tan: rule('output', (g, { output }) => g.mul(output.square().add(1))),
  tanh: rule('output', (g, { output }) => tanhGrad(g, output)),
  erf: rule('inputs', (g, { inputs: [x] }) => g.mul(exp(neg(x.square()))).mul(TWO_OVER_SQRT_PI)),

  relu: rule('output', (g, { output }) => reluGrad(g, output)),
  reluGrad: rule([1], (G, { inputs: [, y] }) => [() => reluGrad(G, y), null]),
  tanhGrad: rule([[1], [0, 1]], (G, { inputs: [g, y] }) => [
    () => tanhGrad(G, y),
    () => G.mul(g).mul(y).mul(-2),
  ]),
  sigmoid: rule('output', (g, { output }) => sigmoidGrad(g, output)),
  sigmoidGrad: rule([[1], [0, 1]], (G, { inputs: [g, y] }) => [
    () => sigmoidGrad(G, y),
    () => G.mul(g).mul(sub(1, y.mul(2))),
  ]),
  silu: rule('inputs', (g, { inputs: [x] }) => siluGrad(g, x)),
  siluGrad: rule([[1], [0, 1]], (G, { inputs: [g, x] }) => [
    () => siluGrad(G, x),
    () => {
      const s = sigmoid(x);
      const slope = s.mul(sub(1, s));
      return G.mul(g)
        .mul(slope)
        .mul(x.mul(sub(1, s.mul(2))).add(2));
    },
  ]),
  softplus: rule('inputs', (g, { inputs: [x, beta, threshold] }) => {
    const scaled = x.mul(beta);
    return [() => where(gt(scaled, threshold), g, g.mul(sigmoid(scaled))), null, null];
  }),
  gelu: rule('inputs', (g, { inputs: [x] }) => geluGrad(g, x)),
  geluGrad: rule([[1], [0, 1]], (G, { inputs: [g, x] }) => [
    () => geluGrad(G, x),
    () => {
      const square = x.square();
      const density = exp(square.mul(-0.5)).mul(ONE_OVER_SQRT_TWO_PI);
      return G.mul(g).mul(density).mul(sub(2, square));
    },
  ]),
  geluTanh: rule('inputs', (g, { inputs: [x] }) => {
    const t = tanh(x.mul(x.square().mul(0.044715).add(1)).mul(SQRT_TWO_OVER_PI));
    const slope = x
      .square()
      .mul(3 * 0.044715)
      .add(1)
      .mul(SQRT_TWO_OVER_PI);
    return g.mul(
      t
        .add(1)
        .add(x.mul(sub(1, t.square())).mul(slope))
        .mul(0.5),
    );
  }),
  cast: rule('nothing', (g, { inputs: [x] }) => g.to(x.dtype)),
};
