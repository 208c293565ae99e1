import { writeSync } from 'node:fs';
import { it } from '@jest/globals';
import { SUITES } from '../src/command.js';

const BUDGET = { rounds: 1, seconds: 1e-3, limit: 0, steps: 9 };
const HEAVY = /\b(512|1024|2048|4096)\b|conv[23]|^import$|CNN/;
it('x', async () => {
  for (const suite of SUITES)
    for (const c of suite.cases) {
      if (HEAVY.test(c.name)) continue;
      const t = performance.now();
      await c.measure(BUDGET);
      writeSync(2, `${suite.name} ${c.name}: ${Math.round(performance.now() - t)}\n`);
    }
});
