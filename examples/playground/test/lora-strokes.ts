/** Digits as somebody might draw them, in units of the pad. */
import { PAD, type Stroke } from '../src/lora/mnist-image.js';

const line = (...coordinates: readonly (readonly [number, number])[]): Stroke =>
  coordinates.map(([x, y]) => ({ x, y }));

/** Part of an ellipse around a centre; angles in degrees, clockwise from the right. */
function arc(
  centre: readonly [number, number],
  radii: readonly [number, number],
  from: number,
  to: number,
): Stroke {
  const steps = 24;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return { x: centre[0] + radii[0] * Math.cos(angle), y: centre[1] + radii[1] * Math.sin(angle) };
  });
}

/** What the network reads as it is meant, by digit. */
export const PLAIN: readonly (readonly Stroke[])[] = [
  [arc([50, 50], [20, 32], 0, 360)],
  [line([50, 15], [50, 85])],
  [[...arc([50, 33], [20, 18], 180, 380), ...line([30, 82], [72, 82])]],
  [[...arc([48, 32], [18, 16], 200, 450), ...arc([48, 66], [22, 18], -90, 160)]],
  [line([42, 15], [28, 55], [72, 55]), line([62, 30], [62, 88])],
  [[...line([70, 15], [36, 15], [34, 44]), ...arc([48, 62], [22, 20], -120, 140)]],
  [[...line([62, 12], [40, 40]), ...arc([50, 65], [18, 19], 200, 560)]],
  [line([28, 18], [72, 18], [45, 85])],
  [arc([50, 32], [16, 16], 90, 450), arc([50, 66], [19, 18], -90, 270)],
  [[...arc([50, 35], [17, 18], 0, 360), ...line([66, 38], [62, 86])]],
];

/** Nobody's digits: what they mean is up to whoever draws them. */
export const CROSS: readonly Stroke[] = [line([20, 50], [80, 50]), line([50, 20], [50, 80])];
export const TRIANGLE: readonly Stroke[] = [line([50, 15], [80, 80], [20, 80], [50, 15])];

/** The same drawing, smaller or larger, somewhere else. */
export function moved(strokes: readonly Stroke[], scale: number, by: number): Stroke[] {
  const move = (coordinate: number) => PAD / 2 + (coordinate - PAD / 2) * scale + by;
  return strokes.map((stroke) => stroke.map(({ x, y }) => ({ x: move(x), y: move(y) })));
}
