/** Gradients of the losses that are ops of their own. */
import { crossEntropyRowsGrad, gather, softmax } from '@lowrank/tensor';
import { type Call, type Rule, rule } from './rule.js';

export const lossRules: Readonly<Record<string, Rule>> = {
  crossEntropyRows: rule('inputs', (g, { inputs: [x, classes] }: Call) => [
    () => crossEntropyRowsGrad(g, x, classes),
    null,
  ]),
  crossEntropyRowsGrad: rule([[1, 2], [0, 1], []], (h, { inputs: [g, x, classes] }: Call) => [
    () => {
      const chosen = gather(h, 1, classes.unsqueeze(1)).squeeze(1);
      return h.mul(softmax(x, 1)).sum(1).sub(chosen);
    },
    () => {
      const probabilities = softmax(x, 1);
      const weighted = h.mul(probabilities);
      const mean = weighted.sum(1, { keepdim: true });
      return weighted.sub(probabilities.mul(mean)).mul(g.unsqueeze(1));
    },
    null,
  ]),
};
