/** The lookup table. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Embedding } from '@lowrank/nn';
import { ArgumentError, DTypeError, manualSeed, ShapeError, tensor, zeros } from '@lowrank/tensor';
import { expectError } from '../close.js';
import { expectAsPyTorch, gradcheckLayer } from './pytorch.js';

const ints = (values: Parameters<typeof tensor>[0]) => tensor(values, { dtype: 'int32' });

beforeEach(() => {
  manualSeed(42);
});

describe('Embedding', () => {
  it('gives the rows of its table, which gather the gradients of all places that they were put to', () => {
    const index = ints([
      [1, 3, 1],
      [0, 0, 0],
    ]);
    expectAsPyTorch(new Embedding(4, 2), index, {
      output: [
        [
          [0.2344624, 0.230333],
          [2.208201, -0.637997],
          [0.2344624, 0.230333],
        ],
        [
          [0.3366904, 0.1288094],
          [0.3366904, 0.1288094],
          [0.3366904, 0.1288094],
        ],
      ],
      gradients: { weight: [27, 30, 6, 8, 0, 0, 3, 4] },
    });
  });

  it('takes a single index, and none at all', () => {
    expectAsPyTorch(new Embedding(4, 2), ints(2), {
      output: [-1.122856, -0.1863283],
      gradients: { weight: [0, 0, 0, 0, 1, 2, 0, 0] },
    });
    expect(new Embedding(4, 2).forward(ints([[], []])).shape).toEqual([2, 0, 2]);
  });

  it('has gradients that agree with differences', () => {
    expect(gradcheckLayer(new Embedding(4, 2), ints([1, 3, 1]))).toBe(true);
  });

  it('begins with zeros for the padding, and the numbers of a table without padding elsewhere', () => {
    const plain = new Embedding(3, 2).weight.tolist() as number[][];
    manualSeed(42);
    const padded = new Embedding(3, 2, { paddingIdx: -2 });
    expect(padded.paddingIdx).toBe(1);
    expect(padded.weight.tolist()).toEqual([plain[0], [0, 0], plain[2]]);
    expect(String(padded)).toBe('Embedding(3, 2, padding_idx=1)');
  });

  it('refuses padding that is no row', () => {
    for (const paddingIdx of [4, -5, 1.5, '0' as never]) {
      expectError(() => new Embedding(4, 2, { paddingIdx }), ArgumentError, 'paddingIdx', '-4 to 3');
    }
  });

  it('refuses sizes that are no whole numbers of at least 1', () => {
    for (const size of [0, -1, 2.5, Number.NaN, null as never]) {
      expectError(() => new Embedding(size, 2), ArgumentError, 'Embedding', 'numEmbeddings');
      expectError(() => new Embedding(2, size), ArgumentError, 'Embedding', 'embeddingDim');
    }
  });

  it('refuses indices outside of the table, or of another dtype', () => {
    const layer = new Embedding(4, 2);
    expectError(() => layer.forward(ints([0, 4])), ShapeError, 'Embedding', 'row 4', '0 to 3');
    expectError(() => layer.forward(ints(-1)), ShapeError, 'Embedding', 'row -1');
    expectError(() => layer.forward(zeros([2])), DTypeError, 'Embedding', 'float32', "to('int32')");
    expectError(() => layer.forward(tensor([true])), DTypeError, 'Embedding', 'bool');
    expectError(() => layer.forward(3 as never), ArgumentError, 'Embedding', 'the index', '3');
  });
});
