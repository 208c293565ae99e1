/** MNIST as a data set: bytes in memory, floats only for the batch at hand. */
import type { Dataset } from '@lowrank/nn';
import { ArgumentError, formatValue, fromTypedArray, type Tensor } from '@lowrank/tensor';
import type { MnistSplit } from './files.js';

/** Images [N, 1, 28, 28] with grey values from 0 to 1, and their digits, int32 [N]. */
export type LabelledImages = readonly [images: Tensor, labels: Tensor];

/** The images of one split of MNIST. */
export class MnistDataset implements Dataset<LabelledImages> {
  /** @throws ArgumentError unless the split holds as many pixels and labels as it says. */
  constructor(readonly split: MnistSplit) {
    const pixels = split?.count * split?.height * split?.width;
    if (split?.images?.length === pixels && split.labels?.length === split.count) return;
    throw new ArgumentError(
      'MnistDataset',
      `takes a split as readMnistFiles() gives it, got ${formatValue(split)}`,
    );
  }

  get length(): number {
    return this.split.count;
  }

  /** The digit that each image shows, [length]. */
  get labels(): Uint8Array {
    return this.split.labels;
  }

  /** @throws ArgumentError for a position that there is not. */
  batch(indices: Int32Array): LabelledImages {
    const { images, labels, count, height, width } = this.split;
    const stranger = indices.find((index) => index < 0 || index >= count);
    if (stranger !== undefined) {
      throw new ArgumentError('MnistDataset', `there is no image ${stranger} among ${count}`);
    }
    const size = height * width;
    const pixels = new Float32Array(indices.length * size);
    const digits = new Int32Array(indices.length);
    indices.forEach((index, i) => {
      const image = images.subarray(index * size, (index + 1) * size);
      for (let p = 0; p < size; p++) pixels[i * size + p] = (image[p] as number) / 255;
      digits[i] = labels[index] as number;
    });
    return [fromTypedArray(pixels, [indices.length, 1, height, width]), fromTypedArray(digits)];
  }
}
