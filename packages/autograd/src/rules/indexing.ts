/** Gradients of reading and writing by index. */
import { embed, gather, indexAdd, indexSelect, scatterAdd, type Tensor, zeros } from '@lowrank/tensor';
import { type Call, type Rule, rule } from './rule.js';

type AxisCall = Call<{ readonly axis: number }>;

function zerosOf(x: Tensor): Tensor {
  return zeros(x.shape, { dtype: x.dtype, device: x.device });
}

export const indexingRules: Readonly<Record<string, Rule>> = {
  gather: rule([1], (g, { inputs: [x, index], attrs: { axis } }: AxisCall) => [
    () => scatterAdd(zerosOf(x), axis, index, g),
    null,
  ]),
  scatterAdd: rule([[], [], [1]], (g, { inputs: [, index, source], attrs: { axis } }: AxisCall) => [
    () => g,
    null,
    // The source may reach beyond the index; that part was not used.
    () =>
      embed(gather(g, axis, index), {
        shape: source.shape,
        fill: 0,
        starts: source.shape.map(() => 0),
        lengths: index.shape,
        steps: source.shape.map(() => 1),
      }),
  ]),
  indexSelect: rule([1], (g, { inputs: [x, index], attrs: { axis } }: AxisCall) => [
    () => indexAdd(zerosOf(x), axis, index, g),
    null,
  ]),
  indexAdd: rule([[], [], [1]], (g, { inputs: [, index], attrs: { axis } }: AxisCall) => [
    () => g,
    null,
    () => indexSelect(g, axis, index),
  ]),
};
