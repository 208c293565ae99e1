/** Losses: their gradients next to differences, and what each of them refuses. Their values are tested in pytorch/. */
import { describe, expect, it } from '@jest/globals';
import { gradcheck } from '@lowrank/autograd';
import { bceWithLogits, crossEntropy, l1Loss, mseLoss, nllLoss } from '@lowrank/nn';
import { ArgumentError, DTypeError, type NestedArray, ShapeError, tensor, zeros } from '@lowrank/tensor';
import { expectError } from './close.js';
import { CASES } from './loss-cases.js';

const ints = (values: NestedArray<number>) => tensor(values, { dtype: 'int32' });
const weight = tensor([0.5, 2, 1.5]);

describe('losses', () => {
  it.each(CASES)('%s: the gradient agrees with differences in float64', (title, loss, values) => {
    // The absolute value has no derivative where prediction and target are equal.
    const shifted = title.startsWith('l1Loss') ? 0.01 : 0;
    const input = tensor(tensor(values, { dtype: 'float64' }).add(shifted), { requiresGrad: true });
    expect(gradcheck(loss, [input])).toBe(true);
  });

  it('of nothing, or of nothing that counts, have no mean', () => {
    expect(crossEntropy(zeros([0, 3]), ints([])).item()).toBeNaN();
    expect(crossEntropy(zeros([2, 3]), ints([-100, -100])).item()).toBeNaN();
    expect(mseLoss(zeros([0]), zeros([0])).item()).toBeNaN();
    expect(crossEntropy(zeros([0, 3]), ints([]), { reduction: 'sum' }).item()).toBe(0);
    expect(nllLoss(zeros([0, 3]), ints([]), { reduction: 'none' }).shape).toEqual([0]);
  });

  it('stay finite for logits that overflow', () => {
    expect(crossEntropy(tensor([[1000, 0, -1000]]), ints([1])).item()).toBe(1000);
    expect(bceWithLogits(tensor([-1000, 1000]), tensor([1, 0])).item()).toBe(1000);
  });

  it('keep the dtype of the prediction', () => {
    const input = zeros([1, 3], { dtype: 'float64' });
    expect(crossEntropy(input, ints([1]), { weight }).dtype).toBe('float64');
    expect(crossEntropy(input, ints([1]), { weight, labelSmoothing: 0.1 }).dtype).toBe('float64');
  });

  it('take targets of whole numbers where they are compared with numbers', () => {
    expect(mseLoss(tensor([1.5, 2]), ints([1, 4])).item()).toBe(2.125);
    expect(l1Loss(tensor([1.5, 2]), ints([1, 4])).item()).toBe(1.25);
    expect(bceWithLogits(tensor([0]), tensor([true])).item()).toBeCloseTo(Math.LN2, 6);
  });
});

describe('losses refuse', () => {
  const logits = zeros([2, 3]);

  it('shapes that do not belong together', () => {
    for (const loss of [mseLoss, l1Loss, bceWithLogits]) {
      expectError(() => loss(logits, zeros([2, 1])), ShapeError, loss.name, '[2, 3]', '[2, 1]', 'Reshape');
    }
    expectError(() => nllLoss(logits, ints([0])), ShapeError, 'nllLoss', '[2, 3]', 'a target [2]', 'got [1]');
    expectError(() => crossEntropy(logits, ints([[0, 1, 0]])), ShapeError, 'crossEntropy', 'got [1, 3]');
    expectError(() => crossEntropy(zeros([]), ints(0)), ShapeError, 'a scalar');
    expectError(() => nllLoss(zeros([]), ints(0)), ShapeError, 'a scalar');
    expectError(
      () => crossEntropy(logits, zeros([2, 4])),
      ShapeError,
      'int32 classes [2]',
      '[2, 3]',
      'got [2, 4]',
    );
  });

  it('classes that do not exist', () => {
    for (const loss of [crossEntropy, nllLoss]) {
      expectError(() => loss(logits, ints([0, 3])), ShapeError, loss.name, 'class 3', '3, 0 to 2');
      expectError(() => loss(logits, ints([-1, 0])), ShapeError, 'class -1');
      expectError(() => loss(logits, ints([-100, 0]), { ignoreIndex: 0 }), ShapeError, 'class -100');
    }
  });

  it('classes that are not int32', () => {
    expectError(() => crossEntropy(logits, tensor([0, 1])), DTypeError, 'float32', "to('int32')");
    expectError(() => crossEntropy(logits, tensor([true, false])), DTypeError, 'bool', "to('int32')");
    expectError(() => nllLoss(logits, tensor([0, 1])), DTypeError, 'nllLoss', 'float32', "to('int32')");
  });

  it('predictions that are not floats', () => {
    for (const loss of [mseLoss, l1Loss, bceWithLogits, crossEntropy, nllLoss]) {
      expectError(() => loss(ints([[1, 2]]), ints([0])), DTypeError, loss.name, 'int32', "to('float32')");
    }
  });

  it('what is no tensor, and options that are none', () => {
    for (const loss of [mseLoss, l1Loss, bceWithLogits, crossEntropy, nllLoss]) {
      expectError(() => loss([1] as never, zeros([1])), ArgumentError, loss.name, 'the input');
      expectError(() => loss(zeros([1]), null as never), ArgumentError, loss.name, 'the target', 'null');
      expectError(() => loss(logits, logits, 'sum' as never), ArgumentError, loss.name, '"sum"');
      expectError(() => loss(logits, logits, weight as never), ArgumentError, loss.name, 'options');
    }
  });

  it('reductions that there are not', () => {
    const reduction = 'average' as never;
    for (const loss of [mseLoss, l1Loss, bceWithLogits, crossEntropy]) {
      expectError(() => loss(logits, logits, { reduction }), ArgumentError, loss.name, '"average"', "'mean'");
    }
    expectError(() => nllLoss(logits, ints([0, 1]), { reduction }), ArgumentError, 'nllLoss', '"average"');
  });

  it('class weights that do not fit', () => {
    const short = { weight: zeros([2]) };
    expectError(() => nllLoss(logits, ints([0, 1]), short), ShapeError, '3 classes', '[3]', 'got [2]');
    expectError(() => crossEntropy(logits, ints([0, 1]), short), ShapeError, 'crossEntropy', 'got [2]');
    expectError(() => crossEntropy(logits, logits, short), ShapeError, 'crossEntropy', 'got [2]');
    expectError(
      () => crossEntropy(logits, ints([0, 1]), { weight: [1, 1, 1] as never }),
      ArgumentError,
      'the weight',
    );
  });

  it('factors that do not fit', () => {
    expectError(
      () => bceWithLogits(logits, logits, { weight: zeros([4]) }),
      ShapeError,
      'bceWithLogits',
      '[4]',
    );
    expectError(
      () => bceWithLogits(logits, logits, { posWeight: zeros([5, 2, 3]) }),
      ShapeError,
      'posWeight',
      '[5, 2, 3]',
    );
  });

  it('smoothing out of range, and an ignoreIndex for probabilities', () => {
    for (const labelSmoothing of [-0.1, 1.1, Number.NaN, '0' as never]) {
      expectError(
        () => crossEntropy(logits, ints([0, 1]), { labelSmoothing }),
        ArgumentError,
        'labelSmoothing',
      );
    }
    expectError(
      () => crossEntropy(logits, logits, { ignoreIndex: 1 }),
      ArgumentError,
      'ignoreIndex 1',
      'probabilities',
    );
  });
});
