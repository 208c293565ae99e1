/** Smoothing, thinning, and where the trainings stand on their common axis. */

import { describe, expect, it } from '@jest/globals';
import { chartConfigs } from '../../src/report/chart-configs.js';
import { logTicks, smooth, thin, trainingRuns } from '../../src/report/curves.js';
import type { CurvePoint, RunSummary } from '../../src/summary.js';
import { FIXTURE } from '../summary-fixture.js';

function withCurves(curves: Partial<RunSummary['curves']>): RunSummary {
  return { ...FIXTURE, curves: { ...FIXTURE.curves, ...curves } };
}

describe('smooth', () => {
  it('averages each value with its neighbours, as far as there are any', () => {
    expect(smooth([0, 3, 6, 0, 9], 1)).toEqual([1.5, 3, 3, 5, 4.5]);
  });

  it('leaves few values as they are', () => {
    expect(smooth([4, 2, 7])).toEqual([4, 2, 7]);
    expect(smooth([])).toEqual([]);
  });

  it('leaves out what is not finite', () => {
    expect(smooth([2, Number.NaN, 4, Number.POSITIVE_INFINITY, 6], 1)).toEqual([2, 3, 4, 5, 6]);
    expect(smooth([Number.NaN, Number.NaN], 1)).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('thin', () => {
  it('keeps the ends and spreads the rest evenly', () => {
    expect(thin([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([0, 4, 8]);
    expect(thin([0, 1, 2], 8)).toEqual([0, 1, 2]);
  });
});

describe('logTicks', () => {
  it.each([
    [0.03, 2.4, [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]],
    [0.1, 1, [0.1, 0.2, 0.5, 1]],
    [6, 7, [5, 10]],
  ])('encloses %p to %p', (low, high, ticks) => {
    expect(logTicks(low, high)).toEqual(ticks);
  });
});

describe('the curves of the report', () => {
  const point = (step: number, loss = 1): CurvePoint => ({ step, loss, accuracy: 0.5 });

  it('continue where the base training ended', () => {
    const run = withCurves({
      base: [point(1), point(900)],
      lora: [point(1), point(2)],
      specialised: [point(10)],
    });
    const steps = trainingRuns(run).map(({ points }) => points.map(({ step }) => step));
    expect(steps).toEqual([[1, 900], [901, 902], [910]]);
  });

  it('show every batch, and the smoothed values, of each training', () => {
    const { loss, accuracy } = chartConfigs(FIXTURE);
    const { base, lora, specialised } = FIXTURE.curves;
    for (const { data } of [loss, accuracy]) {
      const lengths = data.datasets.map((dataset) => (dataset as { data: unknown[] }).data.length);
      expect(lengths).toEqual([base, base, lora, lora, specialised, specialised].map(({ length }) => length));
    }
  });

  it('can be drawn without a point, and with losses that no logarithm has', () => {
    const scaleOf = (run: RunSummary) =>
      (chartConfigs(run).loss.options as { scales: { y: object } }).scales.y;
    expect(scaleOf(withCurves({ base: [], lora: [], specialised: [] }))).toMatchObject({
      tickValues: [0.1, 1],
    });
    const losses = [0, Number.NaN, 0.5, Number.POSITIVE_INFINITY, 0.5];
    const odd = withCurves({ base: losses.map((loss, i) => point(i, loss)), lora: [], specialised: [] });
    expect(scaleOf(odd)).toMatchObject({ tickValues: [0.2, 0.5] });
  });
});
