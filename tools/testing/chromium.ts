/** The Chromium that tests of pages run in. */
import { existsSync } from 'node:fs';
import { describe, jest } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';

/** Where Chromium may be: named by the environment, or where Debian and others install it. */
const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export const executablePath = PLACES.find((path) => path !== undefined && existsSync(path));

/**
 * Tests that need Chromium; where there is none they are reported as skipped, with the reason. One that fails is run once more,
 * and its first error printed: between a test and its page lie processes that a busy machine can hold up anywhere.
 */
export function inChromium(what: string, tests: () => void): void {
  if (executablePath === undefined) {
    describe.skip(
      `${what} (there is no Chromium: apt-get install chromium, or name one in $CHROMIUM)`,
      tests,
    );
    return;
  }
  jest.retryTimes(1, { logErrorsBeforeRetry: true });
  describe(what, tests);
}

/** Pages that need no GPU are drawn in less time where no software stands in for one. */
export const WITHOUT_ANY_GPU = ['--disable-gpu', '--disable-software-rasterizer'];

/** SwiftShader computes where there is no card: for WebGL 2 without a question, for WebGPU if it is asked to. */
export const WITHOUT_WEBGPU = ['--enable-unsafe-swiftshader'];
export const WITH_WEBGPU = ['--enable-unsafe-webgpu', ...WITHOUT_WEBGPU];

/** A sandboxed frame has a process of its own otherwise, and a click that comes before its first picture does not reach it. */
const FRAMES_IN_THE_PROCESS_OF_THEIR_PAGE = '--disable-site-isolation-trials';

/** Starts Chromium, by default without a GPU. */
export function launchChromium(flags: readonly string[] = WITHOUT_ANY_GPU): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', FRAMES_IN_THE_PROCESS_OF_THEIR_PAGE, ...flags],
  });
}
