/** The Chromium that tests of pages run in. */
import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';

/** Where Chromium may be: named by the environment, or where Debian and others install it. */
const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export const executablePath = PLACES.find((path) => path !== undefined && existsSync(path));

/** Tests that need Chromium; where there is none they are reported as skipped, with the reason. */
export function inChromium(what: string, tests: () => void): void {
  if (executablePath !== undefined) describe(what, tests);
  else
    describe.skip(
      `${what} (there is no Chromium: apt-get install chromium, or name one in $CHROMIUM)`,
      tests,
    );
}

/** Pages that need no GPU are drawn in less time where no software stands in for one. */
export const WITHOUT_ANY_GPU = ['--disable-gpu', '--disable-software-rasterizer'];

/** SwiftShader computes where there is no card: for WebGL 2 without a question, for WebGPU if it is asked to. */
export const WITHOUT_WEBGPU = ['--enable-unsafe-swiftshader'];
export const WITH_WEBGPU = ['--enable-unsafe-webgpu', ...WITHOUT_WEBGPU];

/** Starts Chromium, by default without a GPU. */
export function launchChromium(flags: readonly string[] = WITHOUT_ANY_GPU): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...flags] });
}
