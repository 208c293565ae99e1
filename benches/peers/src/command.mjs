/** The command line of the benches against peers. */
import { access, constants, rename, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname, resolve } from 'node:path';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { CASES } from './cases.mjs';
import { contestantsOf, ENGINES, whyNotWide } from './contestants.mjs';
import { DEFAULT_BUDGET, measureCase } from './measure.mjs';
import { startContestant } from './start.mjs';
import { caseTable } from './table.mjs';

/** `npm run bench:peers`: measures the cases that are named, or those that are measured by default. */
export function peersCommand() {
  const names = CASES.map(({ name }) => name);
  const [lowrank, ...peers] = ENGINES.map(({ name }) => name);
  return new Command('npm run bench:peers --')
    .usage('[cases...] [options]')
    .description('Measure lowrank against other engines, each in its own process, in turns.')
    .addArgument(new Argument('[cases...]', 'what to measure').choices(names))
    .addOption(
      new Option('--peer <names...>', `only these, and ${lowrank}`).choices(peers).default([], 'all'),
    )
    .option('--threads <count>', 'how many threads "all threads" are', wholeNumber, availableParallelism())
    .option('--rounds <count>', 'how often each has its turn', wholeNumber, DEFAULT_BUDGET.rounds)
    .option('--json <file>', 'also write the results here')
    .addHelpText('after', `\nCases:\n${CASES.map(describe).join('\n')}`)
    .action(async (chosen, { peer, threads, rounds, json }, command) => {
      const cannotWrite = (error) => command.error(`error: cannot write ${json}: ${error.message}`);
      // Asked first: nobody wants to hear it after minutes of measuring.
      if (json !== undefined) await access(dirname(resolve(json)), constants.W_OK).catch(cannotWrite);
      const budget = { ...DEFAULT_BUDGET, rounds };
      const where = environment();
      const cases = await measureAll(chosen, { peer, threads, budget });
      if (cases.some(({ rows }) => rows.some(({ wrong }) => wrong))) process.exitCode = 1;
      if (json === undefined) return;
      const text = `${JSON.stringify({ environment: where, budget, cases }, null, 2)}\n`;
      await writeWhole(json, text).catch(cannotWrite);
      console.log(`Written to ${json}.`);
    });
}

async function measureAll(chosen, { peer, threads, budget }) {
  const why = whyNotWide();
  if (why !== undefined) console.log(why);
  const [load] = loadavg();
  if (load > 0.5)
    console.log(`Something else runs here (load ${load.toFixed(1)}): rows with threads suffer most.`);
  const results = [];
  for (const task of CASES) {
    if (chosen.length === 0 ? task.onRequest : !chosen.includes(task.name)) continue;
    const contestants = contestantsOf(task, { threads, wide: why === undefined, engines: peer });
    const onProgress = (text) => console.error(text);
    results.push(await measureCase(task, contestants, budget, { start: startContestant, onProgress }));
    console.log(`\n${caseTable(results.at(-1))}\n`);
  }
  return results;
}

function describe({ name, about, onRequest }) {
  return `  ${name}: ${about}${onRequest ? ' (only if named)' : ''}`;
}

function wholeNumber(text) {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError('A whole number from 1 to 9999 is needed.');
  return Number(text);
}

function environment() {
  const { version, versions, platform, arch } = process;
  return {
    node: version,
    v8: versions.v8,
    platform: `${platform} ${arch}`,
    cpu: cpus()[0]?.model,
    cores: availableParallelism(),
    load: loadavg()[0],
  };
}

/** Under a temporary name first, so that nobody reads half a file. */
async function writeWhole(path, text) {
  const draft = `${path}.partial-${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, path);
}
