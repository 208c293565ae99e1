// Draws docs/lora-gradients.svg from what examples/004-lora-gradients.mjs finds.

import { writeFile } from 'node:fs/promises';
import { results } from '../../examples/004-lora-gradients.mjs';
import { lineChart } from './line-chart.mjs';

const OUTPUT = new URL('../../docs/lora-gradients.svg', import.meta.url);

/** @param {keyof typeof results} name */
const lines = (name) => ({ A: results[name].map(({ A }) => A), B: results[name].map(({ B }) => B) });

const svg = await lineChart(
  "Norms of the gradients of LoRA's factors over ten steps, for both initialisations",
  [
    {
      title: 'B begins at zero, A is random',
      subtitle: 'SGD, learning rate 0.01, momentum 0.9',
      lines: lines('zeroB'),
    },
    {
      title: 'A begins at zero, B is random',
      subtitle: 'SGD, learning rate 0.1, momentum 0.9',
      lines: lines('zeroA'),
    },
  ],
  { x: 'step', y: 'norm of the gradient (square-root scale)', yScale: { type: 'sqrt' } },
);
await writeFile(OUTPUT, `${svg}\n`);
