/** The tensor itself: what it is made of, how it is read, and how a parameter is given a new value. */
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  arange,
  DeviceError,
  DTYPES,
  DTypeError,
  full,
  GpuStorage,
  GradientError,
  HollowTensor,
  ones,
  ShapeError,
  setLifeCycle,
  Tensor,
  type TensorOptions,
  tensor,
  zeros,
} from '../src/index.js';
import { itRefuses, untyped } from './tables.js';

const elsewhere = new GpuStorage(untyped({}), { length: 2, bytes: 8 }, 'float32');

describe('a tensor', () => {
  it('knows its shape, dtype, device, rank and size', () => {
    const x = zeros([2, 3], { dtype: 'float64' });
    expect([x.shape, x.dtype, x.device, x.ndim, x.numel(), x.version]).toEqual([
      [2, 3],
      'float64',
      'cpu',
      2,
      6,
      0,
    ]);
    expect([tensor(1).ndim, tensor(1).numel(), zeros([0, 3]).numel()]).toEqual([0, 1, 0]);
  });

  it('cannot have its shape changed', () => {
    const shape = [2, 2];
    const x = new Tensor(new Float32Array(4), shape, 'float32');
    shape[0] = 9;
    expect(x.shape).toEqual([2, 2]);
    expect(() => untyped<number[]>(x.shape).push(1)).toThrow();
    expect(Object.isFrozen(x.shape)).toBe(true);
  });

  itRefuses(ShapeError, {
    'Tensor: a storage of 3 elements does not fill [2, 2]': () =>
      new Tensor(new Float32Array(3), [2, 2], 'float32'),
    'Tensor: a shape is a list of whole numbers of at least 0, got [-2, -2]': () =>
      new Tensor(new Float32Array(4), [-2, -2], 'float32'),
    'Tensor: a shape is a list of whole numbers of at least 0, got undefined': () =>
      new Tensor(new Float32Array(4), untyped(undefined), 'float32'),
  });
  itRefuses(DTypeError, {
    'Tensor: a Float32Array cannot hold "int32". Make one with tensor(...)': () =>
      new Tensor(new Float32Array(1), [1], 'int32'),
    'Tensor: [1] cannot hold "float32"': () => new Tensor(untyped([1]), [1], 'float32'),
    'Tensor: undefined cannot hold "float32"': () => new Tensor(untyped(undefined), [1], 'float32'),
  });
});

describe('reading', () => {
  it('item gives the only value, as a number', () => {
    expect([tensor(2.5).item(), tensor([[7]]).item(), tensor(true).item(), full([1], false).item()]).toEqual([
      2.5, 7, 1, 0,
    ]);
    expect(tensor(NaN).item()).toBeNaN();
  });

  it('tolist nests as deep as there are axes', () => {
    expect(arange(6).reshape([1, 3, 2]).tolist()).toEqual([
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ]);
    expect(tensor(3).tolist()).toBe(3);
    expect(tensor([true, false]).tolist()).toEqual([true, false]);
    expect([zeros([0]).tolist(), zeros([2, 0]).tolist(), zeros([0, 2]).tolist()]).toEqual([[], [[], []], []]);
    expect(zeros([2, 0, 3]).tolist()).toEqual([[], []]);
  });

  it('data gives the storage, at once or by a promise', async () => {
    const x = tensor([1, 2]);
    expect(await x.data()).toBe(x.storage);
    expect(x.dataSync()).toBe(x.storage);
  });

  it.each([
    ['dataSync', async (x: Tensor) => x.dataSync()],
    ['data', (x: Tensor) => x.data()],
  ])('gives by %s an array that later ops look at anew, in case it was written to', async (_, read) => {
    const [x, y] = [zeros([128, 128]), ones([128, 3])];
    // Twice, because what comes twice is kept for later.
    for (let i = 0; i < 2; i++) expect(x.matmul(y).sum().item()).toBe(0);
    const values = await read(x);
    values[0] = 5;
    expect(x.matmul(y).sum().item()).toBe(15);
    values[1] = 2;
    expect(x.matmul(y).sum().item()).toBe(21);
  });

  it('prints as PyTorch does, in text and in the console', () => {
    // torch.tensor([[1., 2.5], [3., 4.]])
    const printed = 'tensor([[1.0000, 2.5000],\n        [3.0000, 4.0000]])';
    const x = tensor([
      [1, 2.5],
      [3, 4],
    ]);
    expect([String(x), `${x}`, inspect(x)]).toEqual([printed, printed, printed]);
  });

  it('says in print what was attached', () => {
    const x = tensor([1]);
    x.attachment = { describe: () => 'requires_grad=True' };
    expect(String(x)).toBe('tensor([1.], requires_grad=True)');
    x.attachment = { describe: () => '' };
    expect(String(x)).toBe('tensor([1.])');
  });

  itRefuses(ShapeError, {
    'item: a tensor of shape [2] has 2 elements, not one. Use tolist() or data()': () =>
      tensor([1, 2]).item(),
    'item: a tensor of shape [0] has 0 elements, not one': () => tensor([]).item(),
  });
});

describe('assign', () => {
  it('replaces the value, counts the version, and returns the tensor', () => {
    const x = tensor([1, 2]);
    expect(x.assign(tensor([3, 4]))).toBe(x);
    expect([x.tolist(), x.version]).toEqual([[3, 4], 1]);
    expect(x.assign(x.mul(10)).tolist()).toEqual([30, 40]);
    expect(x.version).toBe(2);
  });

  it('does not reach tensors that were made of the old value, or that the value is assigned to', () => {
    const [x, y] = [tensor([1, 2]), tensor([3, 4])];
    const reshaped = x.reshape([2, 1]);
    x.assign(y);
    y.assign(tensor([5, 6]));
    expect([x.tolist(), y.tolist(), reshaped.tolist()]).toEqual([
      [3, 4],
      [5, 6],
      [[1], [2]],
    ]);
  });

  it.each(DTYPES)('takes values of its own dtype, %s', (dtype) => {
    const x = zeros([1], { dtype });
    expect(x.assign(ones([1], { dtype })).item()).toBe(1);
  });

  const x = tensor([1, 2]);
  itRefuses(ShapeError, {
    'assign: a tensor of shape [2] cannot take a value of shape [1, 2]. Make a new tensor, or reshape the value':
      () => x.assign(tensor([[1, 2]])),
    'assign: a tensor of shape [2] cannot take a value of shape []': () => x.assign(tensor(1)),
  });
  itRefuses(DTypeError, {
    "assign: a tensor of float32 cannot take a value of int32. Convert with to('float32')": () =>
      x.assign(arange(2)),
  });
  itRefuses(DeviceError, {
    'assign: a tensor on cpu cannot take a value on gpu. Read it with await value.cpu()': () =>
      x.assign(new Tensor(elsewhere, [2], 'float32')),
  });
  itRefuses(ArgumentError, {
    'assign: takes a tensor, got [1, 2]. Make one with tensor(...)': () => x.assign(untyped([1, 2])),
    'assign: takes a tensor, got null': () => x.assign(untyped(null)),
  });

  it('leaves the value as it was when it is refused', () => {
    expect([x.tolist(), x.version]).toEqual([[1, 2], 0]);
  });
});

describe('a hollow tensor', () => {
  const reason = () => new GradientError('backward', 'its value was overwritten');
  const hollow = new HollowTensor({ shape: [2, 3], dtype: 'float64' }, reason);

  it('knows its shape and dtype', () => {
    expect([hollow.shape, hollow.dtype, hollow.ndim, hollow.numel()]).toEqual([[2, 3], 'float64', 2, 6]);
  });

  it('is a tensor to all ops, which work out shapes before they read', () => {
    expect(hollow).toBeInstanceOf(Tensor);
    expect(() => hollow.matmul(zeros([4, 5]))).toThrow(ShapeError);
  });

  itRefuses(GradientError, {
    'backward: its value was overwritten': () => hollow.storage,
    'backward: its value': () => hollow.tolist(),
    'backward: its': () => hollow.sum(),
    'backward:': () => tensor(zeros([2, 3], { dtype: 'float64' })).assign(hollow),
    backward: () => hollow.dataSync(),
  });

  it('rejects the promise of its data', async () => {
    await expect(hollow.data()).rejects.toThrow(GradientError);
  });
});

describe('a package on top', () => {
  const seen: unknown[] = [];
  afterEach(() => {
    seen.length = 0;
    setLifeCycle({ created: () => {}, assigning: () => {} });
  });

  it('hears of every tensor that is made with options, and of every assignment before it happens', () => {
    setLifeCycle({
      created: (made, options) => seen.push(made.shape, options),
      assigning: (assigned) => seen.push(assigned.tolist()),
    });
    const options = { dtype: 'float64', requiresGrad: true } as TensorOptions;
    const x = zeros([2], options);
    x.assign(ones([2], { dtype: 'float64' }));
    expect(seen).toEqual([[2], options, [2], { dtype: 'float64' }, [0, 0]]);
  });

  it('can prevent an assignment', () => {
    setLifeCycle({
      created: () => {},
      assigning: () => {
        throw new GradientError('assign', 'not now');
      },
    });
    const x = tensor([1]);
    expect(() => x.assign(tensor([2]))).toThrow(GradientError);
    expect([x.tolist(), x.version]).toEqual([[1], 0]);
  });
});
