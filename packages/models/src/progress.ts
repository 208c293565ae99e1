/** Progress bars for loops in a terminal. */

import { checkOptions } from '@lowrank/tensor';
import { newBar } from '#host';
import type { TextStream } from './host/host.js';

/** A bar that is being drawn. */
export interface ProgressBar {
  /** @param done How many of the total are done. @param note What stands behind the bar. */
  update(done: number, note?: string): void;
  /** Leaves the bar as it stands. */
  stop(): void;
}

/** How often a log gets a line where there is no terminal to redraw, in milliseconds. */
const LOG_INTERVAL_MS = 10_000;

export interface ProgressBarOptions {
  /** Where it is drawn. Default: standard error. */
  readonly stream?: TextStream;
}

/**
 * Draws a progress bar; where that is no terminal, writes a line now and then. Only in Node.
 * @param label What is going on.
 * @param total How many steps there are.
 */
export async function startProgressBar(
  label: string,
  total: number,
  options: ProgressBarOptions = {},
): Promise<ProgressBar> {
  checkOptions('startProgressBar', options);
  const bar = await newBar({
    format: `${label} {bar} {value}/{total} {note} {elapsed}`,
    stream: options.stream,
    interval: LOG_INTERVAL_MS,
  });
  const startedAt = performance.now();
  const elapsed = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  bar.start(total, 0, { note: '', elapsed: elapsed() });
  return {
    update: (done, note = '') => bar.update(done, { note, elapsed: elapsed() }),
    stop: () => bar.stop(),
  };
}
