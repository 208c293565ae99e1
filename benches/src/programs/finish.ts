/** How a program of the benches takes its options and tells what it found out. */
import type { Values } from '../suite.js';

/** The options that the bench hands over. */
export function optionsOf<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

export function answer(values: Values): void {
  process.stdout.write(JSON.stringify(values));
}

/** The most memory that this process ever had, in megabytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS / 1024;
}

/** The memory of this process, in megabytes. */
export function memory(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
