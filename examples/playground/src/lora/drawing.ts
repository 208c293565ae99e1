/** What is on the pad: strokes, or an image of MNIST. */
import { computed, signal } from '@preact/signals';
import { mnistImage, type Point, type Stroke } from './mnist-image.js';

/** Points that are nearer to each other than this, in units of the pad, add nothing that could be seen. */
const NEAREST = 1;

export const strokes = signal<readonly Stroke[]>([]);

/** An image that stands on the pad in the place of strokes, [28, 28]. */
export const example = signal<Float32Array | null>(null);

/** What the network gets to see, [28, 28]; `null` while the pad is empty. */
export const image = computed<Float32Array | null>(() => {
  if (example.value !== null) return example.value;
  return strokes.value.length === 0 ? null : mnistImage(strokes.value);
});

/** Puts the pen down. */
export function beginStroke(point: Point): void {
  example.value = null;
  strokes.value = [...strokes.value, [point]];
}

/** Moves the pen, which is down. */
export function extendStroke(point: Point): void {
  const stroke = strokes.value.at(-1);
  const last = stroke?.at(-1);
  if (stroke === undefined || last === undefined) return;
  if (Math.hypot(point.x - last.x, point.y - last.y) < NEAREST) return;
  strokes.value = [...strokes.value.slice(0, -1), [...stroke, point]];
}

export function clearPad(): void {
  strokes.value = [];
  example.value = null;
}

export function showExample(pixels: Float32Array): void {
  strokes.value = [];
  example.value = pixels;
}
