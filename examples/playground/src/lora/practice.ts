/** What a fine-tune learns from: one's own digits, again and again, and between them digits of MNIST, so that these are not forgotten. */
import { concat, type Dataset, fromTypedArray, type LabelledImages } from 'lowrank';
import { type Digits, imageAt } from './digits.js';
import { SIDE } from './mnist-image.js';

/** An own digit comes shifted by up to a pixel each way: it is never drawn twice at the same place. */
const SHIFTS = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => ({ dx, dy })));

/** Own digits at even positions, replayed ones at odd positions; each kind begins anew when it has come to its end. */
export class Practice implements Dataset<LabelledImages> {
  /** @param length How many positions there are. */
  constructor(
    readonly own: Digits,
    readonly replayed: Digits,
    readonly length: number,
  ) {}

  batch(indices: Int32Array): LabelledImages {
    const examples = Array.from(indices, (index) => this.#example(index));
    const labels = Int32Array.from(examples, ({ label }) => label);
    return [
      concat(examples.map(({ image }) => fromTypedArray(image, [1, 1, SIDE, SIDE]))),
      fromTypedArray(labels),
    ];
  }

  #example(index: number): { readonly image: Float32Array; readonly label: number } {
    const [kind, turn] = [index % 2, Math.floor(index / 2)];
    const digits = kind === 0 ? this.own : this.replayed;
    const { length } = digits.labels;
    const [i, round] = [turn % length, Math.floor(turn / length)];
    const image = imageAt(digits, i);
    const shift = SHIFTS[round % SHIFTS.length] as Shift;
    return { image: kind === 0 ? shifted(image, shift) : image, label: digits.labels[i] as number };
  }
}

type Shift = (typeof SHIFTS)[number];

/** What is shifted out of the field is lost; paper comes in. */
function shifted(image: Float32Array, { dx, dy }: Shift): Float32Array {
  return image.map((_, pixel) => {
    const [x, y] = [(pixel % SIDE) - dx, Math.floor(pixel / SIDE) - dy];
    const isInside = x >= 0 && x < SIDE && y >= 0 && y < SIDE;
    return isInside ? (image[y * SIDE + x] as number) : 0;
  });
}
