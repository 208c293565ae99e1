/** Gradients of the ops that work along lanes: running sums, softmax, layer normalisation. */
import {
  exp,
  type LayerNormAttrs,
  layerNorm,
  layerNormGrad,
  reshape,
  stopGradient,
  sub,
  type Tensor,
} from '@lowrank/tensor';
import { type Call, type Rule, rule } from './rule.js';

type AxisCall = Call<{ readonly axis: number }>;
type LayerNormCall = Call<LayerNormAttrs>;

export const laneRules: Readonly<Record<string, Rule>> = {
  cumsum: rule('nothing', (g, { attrs: { axis } }: AxisCall) => g.flip(axis).cumsum(axis).flip(axis)),
  softmax: rule('output', (g, { output, attrs: { axis } }: AxisCall) => {
    const weighted = g.mul(output);
    return sub(weighted, output.mul(weighted.sum(axis, { keepdim: true })));
  }),
  logSoftmax: rule('output', (g, { output, attrs: { axis } }: AxisCall) =>
    sub(g, exp(output).mul(g.sum(axis, { keepdim: true }))),
  ),
  layerNorm: rule('inputs', (g, { inputs: [x], attrs }: LayerNormCall) => layerNormGrad(g, x, attrs)),
  layerNormGrad: rule('inputs', (h, { inputs: [g, x], attrs }: LayerNormCall) => [
    // The gradient of layerNorm is symmetric: taking it twice with the roles of g and h exchanged is the same.
    () => layerNormGrad(h, x, attrs),
    () => layerNormSecond(g, h, x, attrs),
  ]),
  squaredDeviations: rule('inputs', (g, { inputs: [x], attrs }: Call<{ readonly axes: number }>) => {
    const axes = lastAxes(x, attrs.axes);
    const each = reshape(g, [...g.shape, ...axes.map(() => 1)]);
    // Centred twice: next to a large mean, rounding it to the dtype costs more than the deviations are worth.
    const near = sub(x, stopGradient(x.mean(axes, { keepdim: true })));
    return near.sub(near.mean(axes, { keepdim: true })).mul(each.mul(2));
  }),
};

function lastAxes(x: Tensor, count: number): number[] {
  return x.shape.map((_, axis) => axis).slice(x.ndim - count);
}

/**
 * The gradient of sum(h layerNormGrad(g, x)) with respect to x. With y = layerNorm(x), s = 1 / sqrt(variance + eps) and m(.) the mean
 * of a lane, that sum is n s P of each lane, P = m(g h) - m(g) m(h) - m(g y) m(h y); the gradients of s, m(g y) and m(h y) are
 * -s^2 y / n, layerNormGrad(g, x) / n and layerNormGrad(h, x) / n.
 */
function layerNormSecond(g: Tensor, h: Tensor, x: Tensor, attrs: LayerNormAttrs): Tensor {
  const lanes = x.shape.slice(-attrs.axes);
  const axes = lastAxes(x, attrs.axes);
  const keepdim = { keepdim: true };
  const m = (values: Tensor) => values.mean(axes, keepdim);
  const y = layerNorm(x, lanes, { eps: attrs.eps });
  const s = x.variance(axes, { correction: 0, keepdim: true }).add(attrs.eps).rsqrt();
  const [alongG, alongH] = [m(g.mul(y)), m(h.mul(y))];
  const P = m(g.mul(h))
    .sub(m(g).mul(m(h)))
    .sub(alongG.mul(alongH));
  const ofScale = y.mul(P).mul(s);
  const ofMeans = alongH.mul(layerNormGrad(g, x, attrs)).add(alongG.mul(layerNormGrad(h, x, attrs)));
  return ofScale.add(ofMeans).mul(s).neg();
}
