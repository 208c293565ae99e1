/** The Chromium that tests of pages run in. */
import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';

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
