/** The command line of the benches. */
import { access, constants, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { type Budget, DEFAULT_BUDGET, measureSuite } from './measure.js';
import type { Suite } from './suite.js';
import { conv2dSuite } from './suites/conv2d.js';
import { matmulSuite } from './suites/matmul.js';
import { stepSuite } from './suites/step.js';
import { suiteTable } from './table.js';

export const SUITES: readonly Suite[] = [matmulSuite, conv2dSuite, stepSuite];

/** `npm run bench`: measures the suites that are named, or all of them. */
export function benchCommand(suites = SUITES, budget: Budget = DEFAULT_BUDGET): Command {
  const names = suites.map(({ name }) => name);
  return new Command('npm run bench --')
    .usage('[suites...] [--json FILE]')
    .description('Measure lowrank against naive loops, in turns, and show medians and ratios.')
    .addArgument(new Argument('[suites...]', 'what to measure (default: everything)').choices(names))
    .option('--json <file>', 'also write the results here')
    .addHelpText('after', `\nSuites:\n${suites.map(({ name, about }) => `  ${name}: ${about}`).join('\n')}`)
    .action(async (chosen: readonly string[], { json }: { json?: string }, command: Command) => {
      const cannotWrite = (error: Error) => command.error(`error: cannot write ${json}: ${error.message}`);
      // Asked first: nobody wants to hear it after a minute of measuring.
      if (json !== undefined) await access(dirname(resolve(json)), constants.W_OK).catch(cannotWrite);
      const results = suites
        .filter(({ name }) => chosen.length === 0 || chosen.includes(name))
        .map((suite) => {
          const result = measureSuite(suite, budget, (name) => console.error(`${suite.name}: ${name}`));
          console.log(`\n${suite.name}: ${suite.about}\n${suiteTable(result)}\n`);
          return result;
        });
      if (json === undefined) return;
      const text = JSON.stringify({ environment: environment(), budget, suites: results }, null, 2);
      await writeWhole(json, `${text}\n`).catch(cannotWrite);
      console.log(`Written to ${json}.`);
    });
}

function environment() {
  const { version, platform, arch } = process;
  return { node: version, platform: `${platform} ${arch}`, cores: availableParallelism() };
}

/** Under a temporary name first, so that nobody reads half a file. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.partial-${process.pid}`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
