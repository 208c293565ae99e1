/** Tests of gradient clipping, against torch.nn.utils 1.13. */
import { describe, expect, it } from '@jest/globals';
import { clipGradNorm, clipGradValue, Linear, Parameter } from '@lowrank/nn';
import { ArgumentError, type DType, GradientError, type Tensor, tensor, zeros } from '@lowrank/tensor';

function withGrad(grad: readonly number[], dtype: DType = 'float64'): Parameter {
  const p = new Parameter(zeros([grad.length], { dtype }));
  p.grad = tensor([...grad], { dtype });
  return p;
}

const GRADS = [[3, -4, 0.5], [12], [-1.5, 2, 0, 0.25]];
const gradsOf = (parameters: readonly Tensor[]) => parameters.flatMap((p) => [...(p.grad?.dataSync() ?? [])]);

describe('clipGradNorm', () => {
  // clip_grad_norm_(parameters, 2, norm_type) on float64 gradients.
  it.each([
    [
      2,
      13.25,
      [
        0.4528301545033846, -0.6037735393378462, 0.07547169241723077, 1.8113206180135384, -0.2264150772516923,
        0.3018867696689231, 0, 0.037735846208615385,
      ],
    ],
    [
      1,
      23.25,
      [
        0.25806450502948364, -0.34408600670597816, 0.04301075083824727, 1.0322580201179345,
        -0.12903225251474182, 0.17204300335298908, 0, 0.021505375419123635,
      ],
    ],
    [
      Infinity,
      12,
      [
        0.4999999583333369, -0.6666666111111158, 0.08333332638888948, 1.9999998333333475,
        -0.24999997916666844, 0.3333333055555579, 0, 0.04166666319444474,
      ],
    ],
    [
      3,
      12.232760701408568,
      [
        0.49048613440324906, -0.6539815125376655, 0.08174768906720818, 1.9619445376129963,
        -0.24524306720162453, 0.3269907562688327, 0, 0.04087384453360409,
      ],
    ],
  ])('of order %p scales to the norm as PyTorch does', (normType, norm, expected) => {
    const parameters = GRADS.map((grad) => withGrad(grad));
    const total = clipGradNorm(parameters, 2, { normType });
    expect(total.item()).toBeCloseTo(norm, 12);
    gradsOf(parameters).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 13);
    });
  });

  it('leaves gradients that are small enough as they are', () => {
    const parameters = GRADS.map((grad) => withGrad(grad));
    expect(clipGradNorm(parameters, 100).item()).toBeCloseTo(13.25, 12);
    expect(clipGradNorm(parameters, Infinity).item()).toBeCloseTo(13.25, 12);
    expect(gradsOf(parameters)).toEqual(GRADS.flat());
  });

  it('takes float32 gradients where PyTorch does', () => {
    // torch.float32, max_norm 1: clip_grad_norm_ gives 13.25, and these gradients.
    const parameters = GRADS.map((grad) => withGrad(grad, 'float32'));
    const total = clipGradNorm(parameters, 1);
    expect(total.dtype).toBe('float32');
    expect(total.item()).toBe(13.25);
    const expected = [
      0.22641507, -0.30188677, 0.037735846, 0.9056603, -0.113207534, 0.15094338, 0, 0.018867923,
    ];
    gradsOf(parameters).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 7);
    });
  });

  it('brings gradients to nothing for a norm of 0', () => {
    const parameters = GRADS.map((grad) => withGrad(grad));
    clipGradNorm(parameters, 0);
    expect(gradsOf(parameters).every((value) => value === 0)).toBe(true);
  });

  it('takes one parameter, a generator, and passes over those without a gradient', () => {
    const p = withGrad([3, 4]);
    expect(clipGradNorm(p, 1).item()).toBe(5);
    expect(p.grad?.norm().item()).toBeCloseTo(1, 6);
    const unused = new Parameter(zeros([2]));
    expect(clipGradNorm(new Set([unused, p]).values(), 1).item()).toBeCloseTo(1, 6);
    expect(unused.grad).toBeNull();
    expect(clipGradNorm([unused], 1).item()).toBe(0);
  });

  it('adds up gradients of several dtypes, keeps each, and takes empty ones in any order', () => {
    const [narrow, wide, empty] = [withGrad([3], 'float32'), withGrad([4]), withGrad([])];
    const scalar = new Parameter(tensor(0));
    scalar.grad = tensor(12);
    const parameters = [narrow, wide, empty, scalar];
    expect(clipGradNorm(parameters, 1).item()).toBe(13);
    expect(parameters.map(({ grad }) => grad?.dtype)).toEqual(['float32', 'float64', 'float64', 'float32']);
    expect(clipGradNorm(parameters, 1, { normType: Infinity }).item()).toBeCloseTo(12 / 13, 6);
  });

  it('passes on what is not finite, unless it is to be an error', () => {
    const p = withGrad([1, Number.NaN]);
    const other = withGrad([2]);
    const clip = () => clipGradNorm([p, other], 1, { errorIfNonfinite: true });
    expect(clip).toThrow(GradientError);
    expect(clip).toThrow('clipGradNorm: the norm of the gradients is NaN. Lower the learning rate');
    expect(gradsOf([other])).toEqual([2]);
    expect(clipGradNorm([p, other], 1).item()).toBeNaN();
    expect(gradsOf([other])).toEqual([Number.NaN]);

    const infinite = withGrad([Infinity]);
    expect(() => clipGradNorm([infinite], 1, { errorIfNonfinite: true })).toThrow('is Infinity');
  });

  it('replaces gradients and leaves the tensors that they were alone', () => {
    const p = withGrad([3, 4]);
    const before = p.grad;
    clipGradNorm([p], 1);
    expect(before?.tolist()).toEqual([3, 4]);
    expect(p.grad?.requiresGrad).toBe(false);
  });

  it.each([
    [-1, {}, 'maxNorm is a number of at least 0, got -1'],
    [Number.NaN, {}, 'maxNorm is a number of at least 0, got NaN'],
    ['1', {}, 'maxNorm is a number of at least 0, got "1"'],
    [1, { normType: Number.NaN }, 'normType is a number or Infinity, got NaN'],
    [1, { normType: 'inf' }, 'normType is a number or Infinity, got "inf"'],
    [1, Infinity, 'takes its options as an object, { name: value }, got Infinity'],
    [1, null, 'takes its options as an object, { name: value }, got null'],
  ])('refuses the norm %p with %p', (maxNorm, options, message) => {
    const clip = () => clipGradNorm([withGrad([1])], maxNorm as number, options as never);
    expect(clip).toThrow(ArgumentError);
    expect(clip).toThrow(`clipGradNorm: ${message}`);
  });
});

describe('clipGradValue', () => {
  it('cuts every element as PyTorch does', () => {
    const parameters = [...GRADS, [Number.NaN, -Infinity]].map((grad) => withGrad(grad));
    parameters.push(new Parameter(zeros([2])));
    clipGradValue(parameters, 1.75);
    expect(gradsOf(parameters)).toEqual([1.75, -1.75, 0.5, 1.75, -1.5, 1.75, 0, 0.25, Number.NaN, -1.75]);
    clipGradValue(parameters[0], 0.25);
    expect(gradsOf(parameters.slice(0, 1))).toEqual([0.25, -0.25, 0.25]);
  });

  it.each([-1, Number.NaN, undefined])('refuses the value %p', (value) => {
    const clip = () => clipGradValue([withGrad([1])], value as number);
    expect(clip).toThrow(ArgumentError);
    expect(clip).toThrow(`clipGradValue: clipValue is a number of at least 0, got ${value}`);
  });
});

it.each([
  ['clipGradNorm', clipGradNorm],
  ['clipGradValue', clipGradValue],
])('%s refuses what is no parameter', (name, clip) => {
  const layer = new Linear(2, 2) as unknown as Tensor[];
  expect(() => clip(layer, 1)).toThrow(ArgumentError);
  expect(() => clip(layer, 1)).toThrow(
    `${name}: takes a list of parameters, got a Linear. Pass model.parameters()`,
  );
  expect(() => clip([3 as unknown as Tensor], 1)).toThrow(`${name}: parameters are tensors, got 3 at 0`);
});
