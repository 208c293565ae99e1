/** Tests of data sets. */
import { describe, expect, it } from '@jest/globals';
import { Subset, TensorDataset } from '@lowrank/nn';
import { ArgumentError, ShapeError, type Tensor, tensor, zeros } from '@lowrank/tensor';

const images = tensor([
  [1, 2],
  [3, 4],
  [5, 6],
]);
const labels = tensor([0, 1, 2], { dtype: 'int32' });
const data = new TensorDataset(images, labels);
const lists = (batch: readonly Tensor[]) => batch.map((part) => part.tolist());

describe('a TensorDataset', () => {
  it('has as many examples as its tensors have rows, and picks rows of each', () => {
    expect(data.length).toBe(3);
    const batch = data.batch(Int32Array.of(2, 0, 2));
    expect(lists(batch)).toEqual([
      [
        [5, 6],
        [1, 2],
        [5, 6],
      ],
      [2, 0, 2],
    ]);
    expect(batch.map(({ dtype }) => dtype)).toEqual(['float32', 'int32']);
  });

  it('can be empty', () => {
    const empty = new TensorDataset(zeros([0, 2]));
    expect(empty.length).toBe(0);
    expect(empty.batch(new Int32Array(0))[0].shape).toEqual([0, 2]);
  });

  it('refuses tensors with different numbers of rows', () => {
    const make = () => new TensorDataset(images, labels, zeros([2]));
    expect(make).toThrow(ShapeError);
    expect(make).toThrow('TensorDataset: all tensors need equally many rows, got 3 and 3 and 2');
  });

  it('refuses scalars, which have no rows', () => {
    expect(() => new TensorDataset(tensor(1))).toThrow(ShapeError);
    expect(() => new TensorDataset(images, tensor(1))).toThrow(
      'TensorDataset: a tensor of shape [] has no rows',
    );
  });

  it('refuses to be made of nothing, or of anything but tensors', () => {
    expect(() => new TensorDataset()).toThrow(ArgumentError);
    expect(() => new TensorDataset()).toThrow('TensorDataset: needs tensors with rows, got none');
    expect(() => new TensorDataset(images, [0, 1, 2] as unknown as Tensor)).toThrow(ArgumentError);
    expect(() => new TensorDataset([1] as unknown as Tensor)).toThrow(
      'TensorDataset: is made of tensors, got [1]',
    );
  });

  it.each([3, -1])('refuses the position %p', (position) => {
    expect(() => data.batch(Int32Array.of(0, position))).toThrow(ShapeError);
  });
});

describe('a Subset', () => {
  it('holds the examples at the given positions, in that order', () => {
    const part = new Subset(data, [2, 0]);
    expect(part.length).toBe(2);
    expect(part.dataset).toBe(data);
    expect(lists(part.batch(Int32Array.of(0, 1)))).toEqual([
      [
        [5, 6],
        [1, 2],
      ],
      [2, 0],
    ]);
  });

  it('of a subset picks from that', () => {
    const part = new Subset(new Subset(data, [2, 1, 0]), Uint8Array.of(2, 0));
    expect(lists(part.batch(Int32Array.of(0, 1)))).toEqual([
      [
        [1, 2],
        [5, 6],
      ],
      [0, 2],
    ]);
  });

  it('does not follow later changes of the list', () => {
    const positions = [0];
    const part = new Subset(data, positions);
    positions[0] = 2;
    expect(lists(part.batch(Int32Array.of(0)))).toEqual([[[1, 2]], [0]]);
  });

  it('can be empty', () => {
    expect(new Subset(data, []).length).toBe(0);
  });

  it.each([3, -1, 0.5, Number.NaN, '1', undefined])('refuses the position %p', (position) => {
    const make = () => new Subset(data, [0, position as number]);
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow('Subset: there is no example ');
    expect(make).toThrow('in a data set of 3');
  });

  it.each([undefined, null, 3, '01', tensor([0, 1])])('refuses %p for the positions', (indices) => {
    const make = () => new Subset(data, indices as unknown as number[]);
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow('Subset: takes a list of positions, got');
  });

  it('refuses what is no data set', () => {
    const make = () => new Subset(images as never, [0]);
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow('Subset: takes a data set, such as a TensorDataset, got a Tensor');
  });

  it.each([1, -1])('refuses to make a batch of position %p, which it does not have', (position) => {
    const part = new Subset(data, [2]);
    expect(() => part.batch(Int32Array.of(position))).toThrow(ArgumentError);
    expect(() => part.batch(Int32Array.of(position))).toThrow(
      `Subset: there is no example ${position} in a data set of 1`,
    );
  });
});
