/** Gradients of convolution and pooling. */
import {
  type AvgPoolAttrs,
  averagePool,
  avgPool2dGrad,
  type Conv2dAttrs,
  conv2dInputGrad,
  conv2dWeightGrad,
  convolve,
} from '@lowrank/tensor';
import { type Call, type Rule, rule } from './rule.js';

type Conv2dCall = Call<Conv2dAttrs>;
type PoolCall = Call<AvgPoolAttrs>;

/** conv2d is bilinear, and so are its two gradients: the rules of the three only need one another. */
export const convolutionRules: Readonly<Record<string, Rule>> = {
  conv2d: rule('the others', (g, { inputs: [x, weight], attrs }: Conv2dCall) => [
    () => conv2dInputGrad(g, weight, attrs),
    () => conv2dWeightGrad(x, g, attrs),
  ]),
  conv2dInputGrad: rule('the others', (h, { inputs: [g, weight], attrs }: Conv2dCall) => [
    () => convolve(h, weight, attrs),
    () => conv2dWeightGrad(h, g, attrs),
  ]),
  conv2dWeightGrad: rule('the others', (h, { inputs: [x, g], attrs }: Conv2dCall) => [
    () => conv2dInputGrad(g, h, attrs),
    () => convolve(x, h, attrs),
  ]),
  avgPool2d: rule('nothing', (g, { attrs }: PoolCall) => avgPool2dGrad(g, attrs)),
  avgPool2dGrad: rule('nothing', (h, { attrs }: PoolCall) => averagePool(h, attrs)),
};
