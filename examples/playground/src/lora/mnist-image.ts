/**
 * A drawing as MNIST would have it. LeCun, Cortes and Burges describe how its images were made ("The MNIST database of
 * handwritten digits"): the digit was scaled, its proportions kept, to fit into a box of 20 x 20 pixels, smoothed to grey
 * values on the way, and put into a field of 28 x 28 with its centre of mass in the middle.
 */

/** A place on the pad, in units of the pad. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line that was drawn without lifting the pen. */
export type Stroke = readonly Point[];

/** The width and height of the pad. */
export const PAD = 100;

/** The width and height of an image in pixels. */
export const SIDE = 28;

/** The width and height of the box that the ink fits into, in pixels. */
const BOX = 20;

/** How thick lines are in pixels, whatever the size of the drawing: MNIST's have about this width. */
const PEN = 2.5;

/** Small drawings grow by no more than this, so that a dot stays one; in pixels per unit of the pad. */
const MOST_SCALE = 1;

/** The grey values of a drawing, from 0 (paper) to 1 (ink), [28, 28] in row-major order. All 0 if there are no strokes. */
export function mnistImage(strokes: readonly Stroke[]): Float32Array {
  const points = strokes.flat();
  if (points.length === 0) return new Float32Array(SIDE * SIDE);
  const fitted = strokes.map((stroke) => stroke.map(intoBox(points)));
  const mass = centreOfMass(rasterise(fitted));
  const shift = { x: SIDE / 2 - mass.x, y: SIDE / 2 - mass.y };
  return rasterise(fitted.map((stroke) => stroke.map(({ x, y }) => ({ x: x + shift.x, y: y + shift.y }))));
}

/** From the pad to pixels: scaled so that the ink of these points fits into the box, in the middle of the field. */
function intoBox(points: readonly Point[]): (point: Point) => Point {
  const [x, y] = [extent(points.map((point) => point.x)), extent(points.map((point) => point.y))];
  const scale = Math.min(MOST_SCALE, (BOX - PEN) / Math.max(x.size, y.size));
  return (point) => ({
    x: SIDE / 2 + (point.x - x.middle) * scale,
    y: SIDE / 2 + (point.y - y.middle) * scale,
  });
}

function extent(values: readonly number[]): { readonly middle: number; readonly size: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { middle: (low + high) / 2, size: high - low };
}

/** Strokes in pixels as grey values. */
function rasterise(strokes: readonly Stroke[]): Float32Array {
  const image = new Float32Array(SIDE * SIDE);
  for (const stroke of strokes) {
    for (const [i, point] of stroke.entries()) draw(image, stroke[Math.max(0, i - 1)] as Point, point);
  }
  return image;
}

/** Draws the segment from a to b: a pixel gets the more ink, the nearer its centre is, up to all that it can hold. */
function draw(image: Float32Array, a: Point, b: Point): void {
  const rows = pixelsBetween(a.y, b.y);
  const columns = pixelsBetween(a.x, b.x);
  for (let row = rows.first; row <= rows.last; row++) {
    for (let column = columns.first; column <= columns.last; column++) {
      const pixel = row * SIDE + column;
      const ink = REACH - distanceTo({ x: column + 0.5, y: row + 0.5 }, a, b);
      image[pixel] = Math.max(image[pixel] as number, Math.min(1, ink));
    }
  }
}

/** How far from the middle of a line there is ink. */
const REACH = PEN / 2 + 0.5;

/** The pixels of a row or column that a line between two coordinates may reach. */
function pixelsBetween(a: number, b: number): { readonly first: number; readonly last: number } {
  return {
    first: Math.max(0, Math.floor(Math.min(a, b) - REACH)),
    last: Math.min(SIDE - 1, Math.floor(Math.max(a, b) + REACH)),
  };
}

/** From a point to the nearest one of the segment from a to b. */
function distanceTo(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy);
}

function centreOfMass(image: Float32Array): Point {
  let [mass, x, y] = [0, 0, 0];
  for (const [pixel, ink] of image.entries()) {
    mass += ink;
    x += ink * ((pixel % SIDE) + 0.5);
    y += ink * (Math.floor(pixel / SIDE) + 0.5);
  }
  return { x: x / mass, y: y / mass };
}
