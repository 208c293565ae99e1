/** Gradients of the ops that work along lanes: running sums, softmax, layer normalisation. */
import { exp, sub } from '@lowrank/tensor';
import { type Call, type Rule, rule } from './rule.js';

type AxisCall = Call<{ readonly axis: number }>;

export const laneRules: Readonly<Record<string, Rule>> = {
  cumsum: rule('nothing', (g, { attrs: { axis } }: AxisCall) => g.flip(axis).cumsum(axis).flip(axis)),
  softmax: rule('output', (g, { output, attrs: { axis } }: AxisCall) => {
    const weighted = g.mul(output);
    return sub(weighted, output.mul(weighted.sum(axis, { keepdim: true })));
  }),
  logSoftmax: rule('output', (g, { output, attrs: { axis } }: AxisCall) =>
    sub(g, exp(output).mul(g.sum(axis, { keepdim: true }))),
  ),
  // Ba et al. (2016): the mean and the component along the normalised values drop out.
  layerNorm: rule(
    'both',
    (g, { inputs: [x], output, attrs }: Call<{ readonly axes: number; readonly eps: number }>) => {
      const axes = x.shape.map((_, axis) => axis).slice(-attrs.axes);
      const keepdim = { keepdim: true };
      const scale = x.variance(axes, { correction: 0, keepdim: true }).add(attrs.eps).rsqrt();
      const along = output.mul(g.mul(output).mean(axes, keepdim));
      return g.sub(g.mean(axes, keepdim)).sub(along).mul(scale);
    },
  ),
};
