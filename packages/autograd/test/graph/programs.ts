/** Short programs of many kinds, each with one number as its result. */
import { checkpoint, defineFunction } from '@lowrank/autograd';
import { concat, matmul, svd, type Tensor, tensor, where } from '@lowrank/tensor';

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });
const matrix = () =>
  leaf([
    [0.5, -1, 2],
    [1.5, 0.25, -0.75],
  ]);

const cube = defineFunction({
  name: 'cube',
  forward: ([x]) => (x as Tensor).pow(3),
  backward: (g, { inputs: [x] }) => g.mul(x.square()).mul(3),
});

export const PROGRAMS: Readonly<Record<string, () => Tensor>> = {
  'x y + sin x': () => {
    const [x, y] = [leaf(0.7), leaf(-2)];
    return x.mul(y).add(x.sin());
  },
  'a tensor that is used three times': () => {
    const x = leaf([1, 2]);
    return x.mul(x).add(x).square().sum();
  },
  'stretched operands': () =>
    matrix()
      .mul(leaf([1, 2, 3]))
      .sub(leaf(0.5))
      .square()
      .mean(),
  'a net of two layers': () => {
    const hidden = matmul(
      matrix(),
      leaf([
        [0.3, -0.2],
        [0.1, 0.4],
        [-0.5, 0.6],
      ]),
    ).add(leaf([0.1, -0.1]));
    return matmul(hidden.relu(), leaf([[1], [-1]]))
      .square()
      .mean();
  },
  attention: () => {
    const [q, k, v] = [matrix(), matrix(), matrix()];
    return matmul(matmul(q, k, { transposeB: true }).div(Math.sqrt(3)).softmax(-1), v)
      .square()
      .sum();
  },
  'a loss of logits': () =>
    matrix()
      .logSoftmax(1)
      .mul(
        tensor([
          [1, 0, 0],
          [0, 0, 1],
        ]),
      )
      .sum()
      .neg(),
  'slices put together': () => {
    const x = leaf([1, 2, 3, 4]);
    return concat([x.narrow(0, 0, 2), x.narrow(0, 1, 3)])
      .exp()
      .sum();
  },
  'a choice': () => {
    const x = leaf([-1, 0.5, 2]);
    return where(x.gt(0), x.log1p(), x.mul(0.1)).sum();
  },
  'an op of several outputs': () => {
    const { U, S } = svd(
      leaf([
        [2, 1],
        [0.5, 3],
      ]),
    );
    return S.square().sum().add(U.abs().sum());
  },
  'a function of the user': () => cube([leaf([1, -2])]).sum(),
  'a checkpoint': () => checkpoint((x) => x.exp().sin().mul(x), [leaf([0.5, 1])]).sum(),
  'a recurrence': () => {
    const w = leaf(0.9);
    let h: Tensor = leaf([0.1, 0.2]);
    for (let t = 0; t < 5; t++) h = h.mul(w).tanh();
    return h.sum();
  },
};
