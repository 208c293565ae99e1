/** The command line of the benches. */
import { Argument, Command, InvalidArgumentError } from 'commander';
import { setNumThreads, setWideSimd } from 'lowrank';
import { resultsDocument } from './document.js';
import { describeEnvironment, environment } from './environment.js';
import { picture } from './picture.js';
import {
  expectWritable,
  type PeersResults,
  type Results,
  readPeers,
  readResults,
  writeWhole,
} from './results.js';
import { type Budget, measureSuite, type Suite, type SuiteResult } from './suite.js';
import { conv2dSuite } from './suites/conv2d.js';
import { elementwiseSuite } from './suites/elementwise.js';
import { gpuSuite } from './suites/gpu.js';
import { gpuTilesSuite } from './suites/gpu-tiles.js';
import { loraSuite } from './suites/lora.js';
import { matmulSuite } from './suites/matmul.js';
import { memorySuite } from './suites/memory.js';
import { sizeSuite } from './suites/size.js';
import { startSuite } from './suites/start.js';
import { stepSuite } from './suites/step.js';
import { tilesSuite } from './suites/tiles.js';
import { rowsOf, terminalTable } from './table.js';
import { DEFAULT_BUDGET } from './turns.js';

export const SUITES: readonly Suite[] = [
  matmulSuite,
  tilesSuite,
  conv2dSuite,
  elementwiseSuite,
  stepSuite,
  loraSuite,
  startSuite,
  sizeSuite,
  memorySuite,
  gpuSuite,
  gpuTilesSuite,
];

interface Flags {
  readonly rounds: number;
  readonly threads?: number;
  readonly wide: boolean;
  readonly json?: string;
  readonly from?: readonly string[];
  readonly peers?: readonly string[];
  readonly markdown?: string;
  readonly svg?: string;
}

/** `npm run bench`: measures the suites that are named, or all that need not be named. */
export function benchCommand(suites = SUITES, budget: Budget = DEFAULT_BUDGET): Command {
  const names = suites.map(({ name }) => name);
  return new Command('npm run bench --')
    .usage('[suites...] [options]')
    .description('Measure lowrank against naive loops and itself, in turns, and show medians and ratios.')
    .addArgument(new Argument('[suites...]', 'what to measure').choices(names))
    .option('--rounds <count>', 'how often each contestant has its turn', wholeNumber, budget.rounds)
    .option('--threads <count>', 'how many threads kernels may use (default: all)', wholeNumber)
    .option('--no-wide', "do without V8's wide pass, also where it works")
    .option('--json <file>', 'also write the results here')
    .option('--from <files...>', 'measure nothing, take results that --json wrote')
    .option('--peers <files...>', 'results of bench:peers, for the picture and the document')
    .option('--markdown <file>', 'write a document with all tables here')
    .option('--svg <file>', 'draw a picture of the (first) results here')
    .addHelpText('after', `\nSuites:\n${suites.map(describeSuite).join('\n')}`)
    .action(async (chosen: readonly string[], flags: Flags, command: Command) => {
      const outputs = [flags.json, flags.markdown, flags.svg].filter((path) => path !== undefined);
      const attempt = <T>(what: string, path: string, work: () => Promise<T>) =>
        work().catch((error: Error): never =>
          command.error(`error: cannot ${what} ${path}: ${error.message}`),
        );
      // Asked first: nobody wants to hear it after minutes of measuring.
      for (const path of outputs) await attempt('write', path, () => expectWritable(path));
      const peers: PeersResults[] = [];
      for (const path of flags.peers ?? []) peers.push(await attempt('read', path, () => readPeers(path)));
      const runs: Results[] = [];
      for (const path of flags.from ?? []) runs.push(await attempt('read', path, () => readResults(path)));
      if (flags.from === undefined) {
        const wanted = suites.filter(({ name, onRequest }) =>
          chosen.length === 0 ? !onRequest : chosen.includes(name),
        );
        runs.push(await measure(wanted, { ...budget, rounds: flags.rounds }, flags));
      }
      const texts = textsOf(runs, peers);
      for (const kind of ['json', 'markdown', 'svg'] as const) {
        const path = flags[kind];
        if (path === undefined) continue;
        await attempt('write', path, async () => writeWhole(path, await texts[kind]()));
        console.log(`Written to ${path}.`);
      }
    });
}

function textsOf(runs: readonly Results[], peers: readonly PeersResults[]) {
  return {
    json: async () => `${JSON.stringify(runs[0], null, 2)}\n`,
    markdown: async () => resultsDocument(runs, peers),
    svg: () => picture(runs[0]!, peers[0]),
  };
}

async function measure(suites: readonly Suite[], budget: Budget, flags: Flags): Promise<Results> {
  if (flags.threads !== undefined) setNumThreads(flags.threads);
  // Who sets the variable has decided for himself.
  if (!flags.wide) setWideSimd(false);
  else if (process.env.LOWRANK_WIDE_SIMD === undefined) setWideSimd(true);
  const where = environment();
  console.log(describeEnvironment(where).join('\n'));
  const results: SuiteResult[] = [];
  for (const suite of suites) {
    const result = await measureSuite(suite, budget, (name) => console.error(`${suite.name}: ${name}`));
    console.log(`\n${suite.name}: ${suite.about}\n${terminalTable(rowsOf(result))}\n`);
    results.push(result);
  }
  return { environment: where, budget, suites: results };
}

function describeSuite({ name, about, onRequest }: Suite): string {
  return `  ${name}: ${about}${onRequest ? ' (only if named)' : ''}`;
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number from 1 to 9999 is needed.');
}
