// A jest reporter that ends a run with one plain line of counts, for a reader that is a program.

import { writeSync } from 'node:fs';

export default class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    const line = `${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed\n`;
    // Jest writes its own summary after all reporters have been called.
    process.once('exit', () => writeSync(process.stdout.fd, line));
  }
}
