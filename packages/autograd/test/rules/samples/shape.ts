/** Samples of the ops that move values. */
import * as lr from '@lowrank/tensor';
import { leaf, type Samples } from './sample.js';

const region = { starts: [1, 0], lengths: [2, 2], steps: [1, 2] };
const mask = lr.tensor([[true, false, true]]);

export const shapeSamples: Samples = {
  reshape: [
    { about: 'to a list', f: (x) => x.reshape([-1]), inputs: [leaf([2, 3])] },
    { about: 'from and to a scalar', f: (x) => x.reshape([1, 1]).reshape([]), inputs: [leaf([])] },
    { about: 'nothing', f: (x) => x.reshape([3, 0]), inputs: [leaf([0, 2])] },
    { about: 'flatten', f: (x) => x.flatten(1), inputs: [leaf([2, 2, 2])] },
    { about: 'squeeze', f: (x) => x.squeeze(), inputs: [leaf([1, 3, 1])] },
    { about: 'unsqueeze', f: (x) => x.unsqueeze(-1), inputs: [leaf([3])] },
  ],
  permute: [
    { about: 'three axes', f: (x) => x.permute([2, 0, 1]), inputs: [leaf([2, 3, 2])] },
    { about: 'negative axes', f: (x) => x.permute([-1, 0, 1]), inputs: [leaf([2, 1, 3])] },
    { about: 'a scalar', f: (x) => x.permute([]), inputs: [leaf([])] },
    { about: 'nothing', f: (x) => x.permute([1, 0]), inputs: [leaf([0, 2])] },
    { about: 'transpose', f: (x) => x.transpose(), inputs: [leaf([2, 3])] },
  ],
  expand: [
    { about: 'an axis of length 1', f: (x) => x.expand([2, 3]), inputs: [leaf([2, 1])] },
    { about: 'new axes in front', f: (x) => x.expand([2, 2, -1]), inputs: [leaf([3])] },
    { about: 'a scalar', f: (x) => x.expand([2, 2]), inputs: [leaf([])] },
    { about: 'to nothing', f: (x) => x.expand([0, 3]), inputs: [leaf([1, 3])] },
    { about: 'tile', f: (x) => x.tile([2, 1, 2]), inputs: [leaf([2, 2])] },
  ],
  flip: [
    { about: 'one axis', f: (x) => x.flip(-1), inputs: [leaf([2, 3])] },
    { about: 'all axes', f: (x) => x.flip([0, 1]), inputs: [leaf([2, 3])] },
    { about: 'nothing', f: (x) => x.flip(0), inputs: [leaf([0, 3])] },
  ],
  concat: [
    {
      about: 'along the first axis',
      f: (a, b) => lr.concat([a, b]),
      inputs: [leaf([1, 2]), leaf([2, 2], { seed: 1 })],
    },
    {
      about: 'along the last axis',
      f: (a, b) => lr.concat([a, b], -1),
      inputs: [leaf([2, 3]), leaf([2, 1], { seed: 1 })],
    },
    {
      about: 'one constant among three',
      f: (a, b) => lr.concat([a, lr.zeros([2], { dtype: 'float64' }), b]),
      inputs: [leaf([2]), leaf([1])],
    },
    { about: 'with nothing', f: (a, b) => lr.concat([a, b]), inputs: [leaf([0, 2]), leaf([1, 2])] },
    { about: 'a tensor with itself', f: (x) => lr.concat([x, x], 1), inputs: [leaf([2, 2])] },
    { about: 'stack', f: (a, b) => lr.stack([a, b], 1), inputs: [leaf([3]), leaf([3], { seed: 1 })] },
    { about: 'stack of scalars', f: (a, b) => lr.stack([a, b]), inputs: [leaf([]), leaf([], { seed: 1 })] },
  ],
  slice: [
    { about: 'ranges and an index', f: (x) => x.slice([[1, 3], -1]), inputs: [leaf([3, 2])] },
    { about: 'steps', f: (x) => x.slice([null, [0, null, 2]]), inputs: [leaf([2, 5])] },
    { about: 'nothing', f: (x) => x.slice([[1, 1]]), inputs: [leaf([3])] },
    { about: 'narrow', f: (x) => x.narrow(1, 1, 2), inputs: [leaf([2, 4])] },
    { about: 'select', f: (x) => x.select(-1, 1), inputs: [leaf([2, 3])] },
    { about: 'split', f: (x) => x.split([1, 2], 1), inputs: [leaf([2, 3])] },
    { about: 'pad that cuts', f: (x) => x.pad([-1, -1]), inputs: [leaf([2, 4])] },
  ],
  embed: [
    {
      about: 'a region with steps',
      f: (x) => lr.embed(x, { ...region, shape: [4, 4], fill: 5 }),
      inputs: [leaf([2, 2])],
    },
    { about: 'pad', f: (x) => x.pad([1, 2, 0, 1]), inputs: [leaf([2, 2])] },
    {
      about: 'pad with a value, cutting the other side',
      f: (x) => x.pad([2, -1], { value: 3 }),
      inputs: [leaf([3])],
    },
    { about: 'pad of nothing', f: (x) => x.pad([1, 1]), inputs: [leaf([2, 0])] },
  ],
};

export const maskSamples: Samples = {
  maskedFill: [
    { about: 'a number', f: (x) => x.maskedFill(mask, -1), inputs: [leaf([2, 3])] },
    { about: 'a tensor', f: (x, value) => x.maskedFill(mask, value), inputs: [leaf([2, 3]), leaf([])] },
  ],
  tril: [{ about: 'below the second diagonal', f: (x) => x.tril(1), inputs: [leaf([3, 3])] }],
  triu: [{ about: 'a batch', f: (x) => x.triu(), inputs: [leaf([2, 2, 3])] }],
};
