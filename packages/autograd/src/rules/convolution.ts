/** Gradients of convolution and pooling. */
import {
  type AvgPoolAttrs,
  averagePool,
  avgPool2dGrad,
  type Conv2dAttrs,
  conv2dInputGrad,
  conv2dWeightGrad,
  convolve,
  type MaxPoolAttrs,
  maximumPool,
  maxPool2dGrad,
} from '@lowrank/tensor';
import { type Call, type Rule, rule } from './rule.js';

type Conv2dCall = Call<Conv2dAttrs>;
type MaxPoolCall = Call<MaxPoolAttrs>;
type AvgPoolCall = Call<AvgPoolAttrs>;

/** But for its bias conv2d is bilinear, and so are its two gradients: the rules of the three only need one another. */
export const convolutionRules: Readonly<Record<string, Rule>> = {
  conv2d: rule([[1], [0], []], (g, { inputs, attrs }: Conv2dCall) => {
    const [x, weight] = inputs;
    const gradients = [
      () => conv2dInputGrad(g, weight, attrs),
      () => conv2dWeightGrad(x, g, attrs),
      () => g.sum([0, 2, 3]),
    ];
    // The bias may be missing.
    return gradients.slice(0, inputs.length);
  }),
  conv2dInputGrad: rule('the others', (h, { inputs: [g, weight], attrs }: Conv2dCall) => [
    () => convolve(h, weight, attrs),
    () => conv2dWeightGrad(h, g, attrs),
  ]),
  conv2dWeightGrad: rule('the others', (h, { inputs: [x, g], attrs }: Conv2dCall) => [
    () => conv2dInputGrad(g, h, attrs),
    () => convolve(x, h, attrs),
  ]),
  maxPool2d: rule([1], (g, { inputs: [, indices], attrs }: MaxPoolCall) => [
    () => maxPool2dGrad(g, indices, attrs),
    null,
  ]),
  maxPool2dGrad: rule([1], (h, { inputs: [, indices], attrs }: MaxPoolCall) => [
    () => maximumPool(h, indices, attrs),
    null,
  ]),
  avgPool2d: rule('nothing', (g, { attrs }: AvgPoolCall) => avgPool2dGrad(g, attrs)),
  avgPool2dGrad: rule('nothing', (h, { attrs }: AvgPoolCall) => averagePool(h, attrs)),
};
