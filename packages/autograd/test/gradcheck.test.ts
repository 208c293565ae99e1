/** The checker itself: it must find wrong gradients. */
import { describe, expect, it } from '@jest/globals';
import { type Differentiable, defineFunction, gradcheck, gradgradcheck, noGrad } from '@lowrank/autograd';
import {
  ArgumentError,
  DeviceError,
  GpuStorage,
  GradientError,
  svd,
  Tensor,
  tensor,
  zeros,
} from '@lowrank/tensor';

const leaf = (values: Parameters<typeof tensor>[0]) =>
  tensor(values, { dtype: 'float64', requiresGrad: true });

const wrongCube = defineFunction({
  name: 'wrongCube',
  forward: ([x]) => x.pow(3),
  backward: (g, { inputs: [x] }) => g.mul(x.square()).mul(2.9),
});

/** Its gradient is right, but not made of recorded ops. */
const onceDifferentiable = defineFunction({
  name: 'onceDifferentiable',
  forward: ([x]) => x.pow(3),
  backward: (g, { inputs: [x] }) => g.mul(x.detach().square()).mul(3),
});

describe('gradcheck', () => {
  it('passes right gradients of any number of inputs and outputs', () => {
    expect(gradcheck((x, y) => [x.mul(y), x.exp().sum()], [leaf([[1, 2]]), leaf([[3], [4]])])).toBe(true);
  });

  it('finds a wrong gradient and says where', () => {
    expect(() => gradcheck((x, y) => [x.add(y), wrongCube([y])], [leaf([1, 2]), leaf([1, 2])])).toThrow(
      GradientError,
    );
    expect(() => gradcheck((x, y) => [x.add(y), wrongCube([y])], [leaf([1, 2]), leaf([1, 2])])).toThrow(
      /^gradcheck: output 1 \[2\], element 0, by input 1 \[2\], element 0: autograd says 2\.9\d*, the difference quotient is (3|2\.99)/,
    );
  });

  it('finds a gradient that is missing', () => {
    expect(() => gradcheck((x) => x.mul(x.detach()), [leaf([2])])).toThrow(
      /autograd says 2, the difference quotient is (4|3\.99)/,
    );
    expect(() => gradcheck((x) => noGrad(() => x.mul(3)), [leaf([2])])).toThrow(
      /autograd says 0, the difference quotient is (3|2\.99)/,
    );
  });

  it('finds a gradient that should not be', () => {
    const lying = defineFunction({ name: 'lying', forward: ([x]) => x.mul(0), backward: (g) => g });
    expect(() => gradcheck((x) => lying([x]), [leaf([2])])).toThrow(GradientError);
  });

  it('finds a gradient that is NaN', () => {
    const sick = defineFunction({
      name: 'sick',
      forward: ([x]) => x.mul(1),
      backward: (g) => g.mul(Number.NaN),
    });
    expect(() => gradcheck((x) => sick([x]), [leaf([2])])).toThrow(/autograd says NaN/);
  });

  it('finds the kink that it stands on', () => {
    expect(() => gradcheck((x) => x.relu(), [leaf([0])])).toThrow(GradientError);
  });

  it('ignores inputs that require no gradient, and outputs that hold no fractions', () => {
    const f: Differentiable = (x, i) => [x.mul(2), x.gt(0), i];
    expect(gradcheck(f, [leaf([1, -1]), tensor([3], { dtype: 'int32' })])).toBe(true);
  });

  it('checks an input that is given twice for each of its places', () => {
    const x = leaf([2]);
    expect(gradcheck((a, b) => a.mul(b.square()), [x, x])).toBe(true);
  });

  it('leaves its inputs as they were', () => {
    const x = leaf([2]);
    gradcheck((a) => a.square(), [x]);
    expect([x.tolist(), x.grad, x.version]).toEqual([[2], null, 0]);
  });

  it('obeys its tolerances and its step', () => {
    const nearly = defineFunction({
      name: 'nearly',
      forward: ([x]) => x.mul(1),
      backward: (g) => g.mul(1.01),
    });
    expect(() => gradcheck((x) => nearly([x]), [leaf([2])])).toThrow(GradientError);
    expect(gradcheck((x) => nearly([x]), [leaf([2])], { rtol: 0.02 })).toBe(true);
    expect(gradcheck((x) => nearly([x]), [leaf([2])], { atol: 0.02 })).toBe(true);
    expect(() => gradcheck((x) => x.pow(3), [leaf([1])], { eps: 0.5 })).toThrow(
      /the difference quotient is 3\.25/,
    );
  });

  it('works under noGrad, and on scalars and nothing', () => {
    expect(noGrad(() => gradcheck((x) => x.square(), [leaf(3)]))).toBe(true);
    expect(gradcheck((x) => x.square(), [zeros([0, 2], { dtype: 'float64', requiresGrad: true })])).toBe(
      true,
    );
  });

  it('refuses float32, whose digits do not suffice', () => {
    expect(() => gradcheck((x) => x.square(), [tensor([1], { requiresGrad: true })])).toThrow(
      new GradientError(
        'gradcheck',
        'input 0 is float32, whose digits are too few for differences. Use float64',
      ),
    );
    expect(() => gradcheck((x) => x.to('float32'), [leaf([1])])).toThrow(/output 0 is float32/);
  });

  it('refuses tensors on the GPU, which has no float64', () => {
    const owner = { release: () => undefined, read: async () => new Float32Array(1) };
    const x = new Tensor(new GpuStorage(owner, { length: 1, bytes: 4 }, 'float32'), [1], 'float32');
    x.requiresGrad = true;
    expect(() => gradcheck((x) => x.square(), [x])).toThrow(DeviceError);
    expect(() => gradcheck((x) => x.square(), [x])).toThrow('gradcheck: computes in float64');
  });

  it('refuses to check nothing', () => {
    expect(() => gradcheck((x) => x.square(), [tensor([1])])).toThrow(/no input requires a gradient/);
    expect(() => gradcheck(undefined as unknown as Differentiable, [leaf([1])])).toThrow(ArgumentError);
    expect(() => gradcheck((x) => x, leaf([1]) as unknown as Tensor[])).toThrow(ArgumentError);
  });
});

describe('gradgradcheck', () => {
  it('passes right gradients of gradients', () => {
    expect(gradgradcheck((x, y) => [x.mul(y), x.exp().sum()], [leaf([[1, 2]]), leaf([[3], [4]])])).toBe(true);
    expect(
      gradgradcheck(
        (x) => Object.values(svd(x)).map((part: Tensor) => part.abs()),
        [
          leaf([
            [1, 2],
            [3, 5],
          ]),
        ],
      ),
    ).toBe(true);
  });

  it('finds gradients that are constants', () => {
    expect(gradcheck((x) => onceDifferentiable([x]), [leaf([1, 2])])).toBe(true);
    expect(() => gradgradcheck((x) => onceDifferentiable([x]), [leaf([1, 2])])).toThrow(
      /^gradgradcheck: output 0 \[2\], element 0, by input 0 \[2\], element 0: autograd says 0/,
    );
  });

  it('finds gradients that do not depend rightly on those of the output', () => {
    const squared = defineFunction({
      name: 'squared',
      forward: ([x]) => x.mul(1),
      backward: (g) => g.add(g.detach().square()),
    });
    expect(() => gradgradcheck((x) => squared([x]), [leaf([1])])).toThrow(/by input 1/);
  });

  it('takes linear functions, whose gradients do not depend on the inputs', () => {
    expect(gradgradcheck((x, y) => x.add(y), [leaf([1]), leaf([2])])).toBe(true);
    expect(gradgradcheck((x) => x.floor(), [leaf([1.5])])).toBe(true);
    expect(gradgradcheck((x, y) => [x.square(), y.detach()], [leaf([1]), leaf([2])])).toBe(true);
  });

  it('refuses what gradcheck refuses', () => {
    expect(() => gradgradcheck((x) => x.square(), [tensor([1], { requiresGrad: true })])).toThrow(
      /input 0 is float32/,
    );
    expect(() => gradgradcheck((x) => x.square(), [tensor([1])])).toThrow(
      new GradientError('gradgradcheck', 'no input requires a gradient. Set requiresGrad = true'),
    );
    expect(() => gradgradcheck(3 as unknown as Differentiable, [leaf([1])])).toThrow(ArgumentError);
  });
});
