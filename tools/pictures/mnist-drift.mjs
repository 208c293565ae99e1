// Trains 200 steps of the MNIST job next to PyTorch's, tells how far the losses are apart, and draws docs/mnist-drift.svg.

import { writeFile } from 'node:fs/promises';
import { driftOf, firstLosses, pytorch } from '../pytorch-fixtures/mnist.mjs';
import { lineChart } from './line-chart.mjs';

const OUTPUT = new URL('../../docs/mnist-drift.svg', import.meta.url);

const losses = await firstLosses(pytorch.losses.length);
const drift = driftOf(losses);
const others = pytorch.reordered.map(driftOf);

const span = (values) => `${Math.min(...values).toExponential(1)} to ${Math.max(...values).toExponential(1)}`;
for (const step of [1, 10, 50, 100, 200]) {
  const [ours, theirs] = [losses, pytorch.losses].map((values) => values[step - 1].toFixed(6));
  const between = span(others.map((other) => other[step - 1]));
  console.log(
    `step ${step}: loss ${ours}, PyTorch ${theirs}; furthest so far ${drift[step - 1].toExponential(1)}, PyTorch from itself ${between}`,
  );
}

/** A logarithmic scale has no 0: the line begins where there is a difference. */
const aboveZero = (values) => values.map((value) => (value > 0 ? value : null));

const svg = await lineChart(
  'The losses of lowrank and of PyTorch in 200 training steps, and how far they drift apart',
  [
    {
      title: 'The loss',
      subtitle: 'PyTorch in grey, lowrank on top of it',
      behind: [{ values: pytorch.losses, width: 6 }],
      lines: { lowrank: losses },
      axes: { y: 'cross entropy' },
    },
    {
      title: 'How far from PyTorch',
      subtitle: 'in grey: PyTorch with each batch in other orders; log scale',
      behind: others.map((values) => ({ values: aboveZero(values), width: 1.2 })),
      lines: { lowrank: aboveZero(drift) },
      axes: {
        y: 'largest difference so far',
        yScale: { type: 'log', domain: [1e-7, 0.1] },
        yAxis: { values: [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1], format: '.0e' },
      },
    },
  ],
  { x: 'step', y: '', first: 1, points: false },
);
await writeFile(OUTPUT, `${svg}\n`);
