/** Loss and accuracy curves made readable: smoothing, thinning, and the values to mark on an axis. */

import type { CurvePoint, RunSummary } from '../summary.js';

/** One training of the run, placed on the axis of steps that all trainings share. */
export interface TrainingRun {
  readonly key: 'base' | 'lora' | 'specialised';
  readonly name: string;
  readonly points: readonly CurvePoint[];
  /** The same points, smoothed. */
  readonly smoothed: readonly CurvePoint[];
}

/** The three trainings. Both fine-tunes start where the base training ends, and are moved there. */
export function trainingRuns({ curves, specialised }: RunSummary): TrainingRun[] {
  const start = curves.base.at(-1)?.step ?? 0;
  const place = (key: TrainingRun['key'], name: string, offset: number): TrainingRun => {
    const points = curves[key].map((point) => ({ ...point, step: point.step + offset }));
    return { key, name, points, smoothed: smoothCurve(points) };
  };
  return [
    place('base', 'Base training', 0),
    place('lora', 'LoRA, all digits', start),
    place('specialised', `LoRA, specialised on ${specialised.digit}`, start),
  ];
}

function smoothCurve(points: readonly CurvePoint[]): CurvePoint[] {
  const loss = smooth(points.map((point) => point.loss));
  const accuracy = smooth(points.map((point) => point.accuracy));
  return points.map(({ step }, i) => ({
    step,
    loss: loss[i] ?? Number.NaN,
    accuracy: accuracy[i] ?? Number.NaN,
  }));
}

/**
 * The centred moving average: of each value and its neighbours up to `reach` steps away, as far as there are any.
 * Values that are not finite are left out.
 *
 * @param reach Default: so that a window holds a twentieth of the values.
 */
export function smooth(values: readonly number[], reach = Math.floor(values.length / 40)): number[] {
  return values.map((_, i) => {
    const window = values.slice(Math.max(0, i - reach), i + reach + 1).filter(Number.isFinite);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}

/** At most `count` elements, evenly spread, the first and the last among them. */
export function thin<T>(values: readonly T[], count: number): T[] {
  if (values.length <= count) return [...values];
  const kept = new Set(
    Array.from({ length: count }, (_, i) => Math.round((i * (values.length - 1)) / (count - 1))),
  );
  return values.filter((_, i) => kept.has(i));
}

/** 1, 2 and 5 times the powers of ten from the last one below `low` to the first one above `high`. */
export function logTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
  const ticks = decades.flatMap((exponent) => [1, 2, 5].map((digit) => Number(`${digit}e${exponent}`)));
  return ticks.filter((_, i) => (ticks[i + 1] ?? Infinity) > low && (ticks[i - 1] ?? 0) < high);
}
