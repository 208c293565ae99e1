/** The network that reads digits, and the images that it is trained on. */
import { describe, expect, it } from '@jest/globals';
import { crossEntropy } from '@lowrank/nn';
import { ArgumentError, manualSeed, rand, ShapeError, tensor, zeros } from '@lowrank/tensor';
import { CONVOLUTIONS, MnistCnn, MnistDataset, type MnistSplit, readMnistFiles } from '../../src/index.js';

describe('MnistCnn', () => {
  it('has 92,672 parameters in its convolutions and 113,162 in all', () => {
    const model = new MnistCnn();
    const count = (path: string) =>
      [...model.namedParameters()]
        .filter(([name]) => name.startsWith(path))
        .reduce((sum, [, p]) => sum + p.numel(), 0);
    expect(CONVOLUTIONS.map(count)).toEqual([320, 18_496, 73_856]);
    expect(count('conv')).toBe(92_672);
    expect(count('')).toBe(113_162);
  });

  it('turns images into ten logits each', () => {
    expect(new MnistCnn().forward(zeros([2, 1, 28, 28])).shape).toEqual([2, 10]);
  });

  it('begins with the numbers that PyTorch draws for the same seed', () => {
    manualSeed(1);
    const model = new MnistCnn();
    // torch.manual_seed(1); the same Network; conv1.weight[0, 0, 0], fc.bias[:2]
    const first = Array.from(model.conv1.weight.dataSync().slice(0, 3));
    expect(first.map((value) => value.toFixed(4))).toEqual(['0.1718', '-0.1471', '-0.0646']);
    expect(Array.from(model.fc.bias!.dataSync().slice(0, 2), (value) => value.toFixed(4))).toEqual([
      '-0.0201',
      '-0.0183',
    ]);
  });

  it('sends a gradient to every parameter', () => {
    manualSeed(0);
    const model = new MnistCnn();
    crossEntropy(model.forward(rand([2, 1, 28, 28])), tensor([3, 7], { dtype: 'int32' })).backward();
    for (const [name, parameter] of model.namedParameters()) {
      expect([name, parameter.grad?.shape, (parameter.grad?.abs().sum().item() ?? 0) > 0]).toEqual([
        name,
        parameter.shape,
        true,
      ]);
    }
  });

  it('refuses images without a channel axis', () => {
    expect(() => new MnistCnn().forward(zeros([28, 28]))).toThrow(ShapeError);
  });
});

describe('MnistDataset', () => {
  it('serves grey values from 0 to 1 with their digits', async () => {
    const { test } = await readMnistFiles();
    const dataset = new MnistDataset(test);
    const [images, labels] = dataset.batch(Int32Array.of(2, 0));
    expect(dataset.length).toBe(10_000);
    expect(images.shape).toEqual([2, 1, 28, 28]);
    expect(labels.tolist()).toEqual([1, 7]);
    expect(labels.dtype).toBe('int32');
    expect(images.amin().item()).toBe(0);
    expect(images.amax().item()).toBe(1);
    const byte = test.images.findIndex((value) => value > 0);
    expect(images.slice([1]).dataSync()[byte]).toBe(Math.fround(test.images[byte]! / 255));
  });

  const split = { images: new Uint8Array(8), labels: new Uint8Array(2), count: 2, height: 2, width: 2 };

  it.each([2, -1])('refuses the position %p among two images', (position) => {
    const fetch = () => new MnistDataset(split).batch(Int32Array.of(0, position));
    expect(fetch).toThrow(ArgumentError);
    expect(fetch).toThrow(`MnistDataset: there is no image ${position} among 2`);
  });

  it.each([undefined, null, {}, { ...split, count: 3 }, { ...split, labels: new Uint8Array(3) }])(
    'refuses %p, which is no split',
    (value) => {
      const make = () => new MnistDataset(value as MnistSplit);
      expect(make).toThrow(ArgumentError);
      expect(make).toThrow('MnistDataset: takes a split as readMnistFiles() gives it, got');
    },
  );
});
