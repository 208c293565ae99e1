/** The report's charts as plain Chart.js configurations, which travel in the page as JSON. */

import type { RunSummary } from '../summary.js';
import { logTicks, type TrainingRun, trainingRuns } from './curves.js';

/** A Chart.js configuration without functions. Colours are CSS variables, resolved when the chart is drawn. */
export interface ChartConfig {
  readonly type: 'line' | 'bar';
  readonly data: { readonly labels?: readonly string[]; readonly datasets: readonly object[] };
  readonly options: object;
}

/** The colour and the dashes of each network and its training, in all charts. */
export const SERIES = {
  base: { name: 'Base', colour: 'var(--base)', faint: 'var(--base-faint)', dash: [] },
  lora: { name: 'LoRA on', colour: 'var(--lora)', faint: 'var(--lora-faint)', dash: [] },
  specialised: {
    name: 'Specialised',
    colour: 'var(--specialised)',
    faint: 'var(--specialised-faint)',
    dash: [6, 3],
  },
} as const;

/** The charts by the id of their canvas. */
export function chartConfigs(run: RunSummary): Record<'loss' | 'accuracy' | 'wrong', ChartConfig> {
  const trainings = trainingRuns(run);
  return { loss: lossChart(trainings), accuracy: accuracyChart(trainings), wrong: wrongChart(run) };
}

function lossChart(trainings: readonly TrainingRun[]): ChartConfig {
  const positive = (values: number[]) => values.filter((value) => value > 0 && Number.isFinite(value));
  const smoothed = positive(trainings.flatMap((training) => training.smoothed.map((point) => point.loss)));
  const all = positive(trainings.flatMap((training) => training.points.map((point) => point.loss)));
  const ticks = all.length === 0 ? [0.1, 1] : logTicks(Math.min(...smoothed) / 2, Math.max(...all));
  return curveChart(trainings, 'loss', { type: 'logarithmic', tickValues: ticks });
}

/** The axis begins below the worst value once each training has settled: the steep start would hide the rest. */
function accuracyChart(trainings: readonly TrainingRun[]): ChartConfig {
  const settled = trainings.flatMap(({ smoothed }) =>
    smoothed.slice(smoothed.length / 4).map((point) => point.accuracy),
  );
  const lowest = Math.min(1, ...settled.filter(Number.isFinite));
  const min = Math.max(0, Math.floor(20 * lowest - 0.5) / 20);
  return curveChart(trainings, 'accuracy', {
    type: 'linear',
    min,
    max: 1,
    ticks: {
      stepSize: 0.05,
      format: { style: 'percent', minimumFractionDigits: 0, maximumFractionDigits: 0 },
    },
  });
}

function curveChart(trainings: readonly TrainingRun[], value: 'loss' | 'accuracy', y: object): ChartConfig {
  const datasets = trainings.flatMap(({ key, name, points, smoothed }) => [
    {
      ...line(smoothed, value),
      label: name,
      borderColor: SERIES[key].colour,
      borderWidth: 2,
      borderDash: SERIES[key].dash,
    },
    {
      ...line(points, value),
      label: `${name}, one batch`,
      borderColor: SERIES[key].faint,
      borderWidth: 1,
      order: 1,
    },
  ]);
  const last = Math.max(0, ...trainings.map(({ points }) => points.at(-1)?.step ?? 0));
  const x = {
    type: 'linear',
    min: 0,
    max: last,
    ticks: { includeBounds: false, maxRotation: 0 },
    grid: { display: false },
  };
  return {
    type: 'line',
    data: { datasets },
    options: {
      ...SHARED_OPTIONS,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: { x: { ...x, title: { display: true, text: 'Steps of the optimiser' } }, y },
    },
  };
}

/** A value that is not finite leaves a gap in its line. */
function line(points: TrainingRun['points'], value: 'loss' | 'accuracy') {
  const rounded = (y: number) => (Number.isFinite(y) ? Number(y.toPrecision(4)) : null);
  const data = points.map((point) => ({ x: point.step, y: rounded(point[value]) }));
  return { data, pointRadius: 0, pointHitRadius: 0 };
}

function wrongChart(run: RunSummary): ChartConfig {
  const series = Object.entries(SERIES) as [keyof typeof SERIES, (typeof SERIES)[keyof typeof SERIES]][];
  const datasets = series.map(([key, { name, colour }]) => ({
    label: name,
    data: run[key].wrong,
    backgroundColor: colour,
    borderRadius: 2,
    categoryPercentage: 0.72,
    barPercentage: 0.94,
  }));
  return {
    type: 'bar',
    data: { labels: run.base.wrong.map((_, digit) => String(digit)), datasets },
    options: {
      ...SHARED_OPTIONS,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: { title: { display: true, text: 'Digit' }, grid: { display: false } },
        y: { beginAtZero: true, ticks: { precision: 0 }, title: { display: true, text: 'Wrong answers' } },
      },
    },
  };
}

/** The legend is a part of the page, which names each series once for all charts. */
const SHARED_OPTIONS = {
  responsive: true,
  maintainAspectRatio: false,
  animation: false,
  normalized: true,
  plugins: { legend: { display: false }, decimation: { enabled: true, algorithm: 'min-max' } },
};
