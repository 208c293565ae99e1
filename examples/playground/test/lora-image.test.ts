// Drawings become images as MNIST's were made, and practice mixes them with MNIST's.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mnistImage, PAD, SIDE } from '../src/lora/mnist-image.js';
import { Practice } from '../src/lora/practice.js';
import { moved, PLAIN } from './lora-strokes.js';

/** Where the ink is, as weights by row or column. */
function profile(image: Float32Array, along: 'rows' | 'columns'): number[] {
  const sums = new Array<number>(SIDE).fill(0);
  for (const [pixel, ink] of image.entries()) {
    sums[along === 'rows' ? Math.floor(pixel / SIDE) : pixel % SIDE] += ink;
  }
  return sums;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const centre = (weights: readonly number[]) =>
  sum(weights.map((weight, i) => weight * (i + 0.5))) / sum(weights);
const span = (weights: readonly number[]) =>
  weights.findLastIndex((weight) => weight > 0) - weights.findIndex((weight) => weight > 0) + 1;

const strokes = fc.array(
  fc.array(
    fc.record({
      x: fc.double({ min: 0, max: PAD, noNaN: true }),
      y: fc.double({ min: 0, max: PAD, noNaN: true }),
    }),
    {
      minLength: 1,
      maxLength: 12,
    },
  ),
  { minLength: 1, maxLength: 3 },
);

describe('a drawing as an image of MNIST', () => {
  it('is paper all over without strokes', () => {
    expect(mnistImage([])).toEqual(new Float32Array(SIDE * SIDE));
  });

  it('has grey values from 0 to 1, and at its darkest is all ink', () => {
    fc.assert(
      fc.property(strokes, (drawing) => {
        const image = mnistImage(drawing);
        expect(image.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
        expect(Math.max(...image)).toBe(1);
      }),
    );
  });

  it.each(PLAIN.map((drawing, digit) => [digit, drawing] as const))(
    'has its centre of mass in the middle, and fills a box of 20 pixels: %d',
    (_, drawing) => {
      const image = mnistImage(drawing);
      const [rows, columns] = [profile(image, 'rows'), profile(image, 'columns')];
      expect(centre(rows)).toBeCloseTo(SIDE / 2, 1);
      expect(centre(columns)).toBeCloseTo(SIDE / 2, 1);
      // Smoothing adds half a pixel at each side, and the box may lie across one more.
      const longer = Math.max(span(rows), span(columns));
      expect(longer).toBeGreaterThanOrEqual(20);
      expect(longer).toBeLessThanOrEqual(22);
    },
  );

  it('is the same wherever and however large it was drawn', () => {
    for (const drawing of PLAIN) {
      const image = mnistImage(drawing);
      const other = mnistImage(moved(drawing, 0.4, -12));
      for (const [pixel, ink] of image.entries()) expect(other[pixel]).toBeCloseTo(ink, 4);
    }
  });

  it('of a dot is a dot', () => {
    const image = mnistImage([[{ x: 80, y: 10 }]]);
    expect(span(profile(image, 'rows'))).toBeLessThanOrEqual(4);
    expect(image[(SIDE / 2) * SIDE + SIDE / 2]).toBe(1);
  });
});

describe('practice', () => {
  const digit = (ink: number) => {
    const image = new Float32Array(SIDE * SIDE);
    image[14 * SIDE + 14] = ink;
    return image;
  };
  const own = { images: digit(0.5), labels: Int32Array.of(7) };
  const replayed = { images: Float32Array.of(...digit(0.25), ...digit(0.75)), labels: Int32Array.of(1, 2) };
  const practice = new Practice(own, replayed, 36);

  it('takes turns: an own digit, a replayed one', () => {
    const [images, labels] = practice.batch(Int32Array.from({ length: 6 }, (_, i) => i));
    expect(images.shape).toEqual([6, 1, SIDE, SIDE]);
    expect(labels.tolist()).toEqual([7, 1, 7, 2, 7, 1]);
  });

  it('shifts own digits by up to a pixel, to all nine places before it begins anew, and leaves the others where they are', () => {
    const [images] = practice.batch(Int32Array.from({ length: practice.length }, (_, i) => i));
    const inked = Array.from({ length: practice.length }, (_, i) =>
      (images.narrow(0, i, 1).dataSync() as Float32Array).findIndex((ink) => ink > 0),
    );
    const [ownPlaces, otherPlaces] = [0, 1].map((kind) => inked.filter((_, i) => i % 2 === kind));
    const nine = [13, 14, 15].flatMap((y) => [13, 14, 15].map((x) => y * SIDE + x));
    expect(ownPlaces).toEqual([...nine, ...nine]);
    expect(new Set(otherPlaces)).toEqual(new Set([14 * SIDE + 14]));
  });
});
