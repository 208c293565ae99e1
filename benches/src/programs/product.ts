/** Multiplies two squares over and over, with the register tile and the blocks that the environment asks for. */
import { type CpuInfo, cpuInfo, Generator, matmul, randn } from 'lowrank';
import { median } from '../turns.js';
import { answer, optionsOf } from './finish.js';

export interface ProductOptions {
  readonly n: number;
  readonly seconds: number;
  /** What `cpuInfo()` must say: a contestant that does not get what it asked for has no times. */
  readonly expected: Readonly<Record<string, unknown>>;
}

const { n, seconds, expected } = optionsOf<ProductOptions>();
const info = cpuInfo() as CpuInfo & Readonly<Record<string, unknown>>;
const differences = Object.entries(expected).filter(([key, value]) => info[key] !== value);
if (differences.length > 0) {
  const found = differences.map(([key]) => `${key} is ${info[key]}`).join(', ');
  answer({ note: `cannot be had here: ${found}` });
} else {
  const generator = new Generator(1);
  const [a, b] = [randn([n, n], { generator }), randn([n, n], { generator })];
  const timesFor = (duration: number) => {
    const times: number[] = [];
    const startedAt = performance.now();
    do {
      const before = performance.now();
      matmul(a, b).dataSync();
      times.push(performance.now() - before);
    } while (performance.now() - startedAt < 1000 * duration);
    return times;
  };
  // Until the kernels are optimised.
  timesFor(4 * seconds);
  const milliseconds = median(timesFor(4 * seconds));
  answer({ milliseconds, gflops: (2 * n ** 3) / milliseconds / 1e6 });
}
