/** Gradients of the ops that move values without changing them. */
import { embed, sliceRegion } from '@lowrank/tensor';
import { type Call, type Rule, rule } from './rule.js';

type Region = {
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  readonly steps: readonly number[];
};
type AxesCall = Call<{ readonly axes: readonly number[] }>;

export const shapeRules: Readonly<Record<string, Rule>> = {
  reshape: rule('nothing', (g, { inputs: [x] }) => g.reshape(x.shape)),
  permute: rule('nothing', (g, { attrs: { axes } }: AxesCall) =>
    g.permute(axes.map((_, axis) => axes.indexOf(axis))),
  ),
  // The engine sums over the stretched axes.
  expand: rule('nothing', (g) => g),
  flip: rule('nothing', (g, { attrs: { axes } }: AxesCall) => (axes.length === 0 ? g : g.flip(axes))),
  concat: rule('nothing', (g, { inputs, attrs: { axis } }: Call<{ readonly axis: number }>) => {
    let end = 0;
    return inputs.map((input) => {
      const length = input.shape[axis] as number;
      const start = end;
      end += length;
      return () => g.narrow(axis, start, length);
    });
  }),
  slice: rule('nothing', (g, { inputs: [x], attrs }: Call<Region>) =>
    embed(g, { ...attrs, shape: x.shape, fill: 0 }),
  ),
  embed: rule('nothing', (g, { inputs: [x], attrs: { starts, steps } }: Call<Region>) =>
    sliceRegion(g, { starts, steps, lengths: x.shape }),
  ),
};
