// A jest reporter that ends a run with what was compared with PyTorch, and one plain line of counts for a reader that is a program.

import { writeSync } from 'node:fs';

/** Tests with such a title tell how much was compared. */
const COMPARED = /(\d+) comparisons with PyTorch/;

/** What the tests that passed compared with PyTorch: a line for each, and one for all. */
function comparisonLines(testResults) {
  const titles = testResults
    .flatMap((file) => file.testResults)
    .filter(({ status }) => status === 'passed')
    .map(({ title }) => title)
    .filter((title) => COMPARED.test(title));
  if (titles.length < 2) return titles;
  const total = titles.reduce((sum, title) => sum + Number(COMPARED.exec(title)[1]), 0);
  return [...titles, `in all ${total} comparisons with PyTorch`];
}

export default class ClosingLine {
  onRunComplete(_contexts, { testResults, numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    const counts = `${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`;
    const lines = [...comparisonLines(testResults), counts].map((line) => `${line}\n`).join('');
    // Jest writes its own summary after all reporters have been called.
    process.once('exit', () => writeSync(process.stdout.fd, lines));
  }
}
