/** The results as a document: machine, versions, tables, and how to repeat them. */
import { describeEnvironment } from './environment.js';
import type { PeersCase, PeersResults, Results } from './results.js';
import { formatNumber, markdownTable, type Rows, rowsOf } from './table.js';

const OPENING = `# Results

Written by \`npm run bench -- --markdown\`; what the suites measure, and how, stands in [README.md](README.md). The machine is
a noisy one: trust the ratios, which are taken between contestants that had their turns in the same run. All numbers are
medians. \`time / first\` is the time relative to that of the first row of the case.`;

const REPEAT = `## How to repeat them

With the Node in question in the path (\`npx --package=node@24 -- node ...\` brings one):

\`\`\`sh
npm run bench -- --json bench.json
npm run bench -- tiles --json tiles.json
npm run bench:peers -- --json peers.json
npm run bench -- --from bench.json tiles.json --peers peers.json --markdown benches/RESULTS.md --svg docs/speed.svg
\`\`\``;

/** The results of some runs, one section for each, and of benches against peers. */
export function resultsDocument(runs: readonly Results[], peers: readonly PeersResults[]): string {
  return `${[OPENING, ...runs.map(runSection), ...peers.map(peersSection), REPEAT].join('\n\n')}\n`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function runSection({ environment, suites }: Results): string {
  const { date, node, cpuInfo } = environment;
  const title = `## lowrank on Node ${node.slice(1)}${cpuInfo.wide ? ' with the wide pass' : ''}`;
  const facts = bullets([...describeEnvironment(environment), `measured on ${date.slice(0, 10)}`]);
  const tables = suites.map(
    (suite) => `### ${suite.name}\n\n${capitalised(suite.about)}.\n\n${markdownTable(rowsOf(suite))}`,
  );
  return [title, facts, ...tables].join('\n\n');
}

function peersSection({ environment, cases }: PeersResults): string {
  const { node, v8, platform, cpu, cores } = environment;
  const title = `## Against peers, on Node ${node.slice(1)}`;
  const facts = bullets([`V8 ${v8}, ${platform}, ${cpu}, ${cores} cores`]);
  return [title, facts, ...cases.map(peersCase)].join('\n\n');
}

const PEERS_COLUMNS: Rows['columns'] = [
  { head: '', align: 'left' },
  { head: 'threads', align: 'right' },
  { head: 'wide pass', align: 'left' },
  { head: 'ms', align: 'right' },
  { head: 'GFLOPS', align: 'right' },
  { head: 'time / lowrank', align: 'right' },
  { head: 'time / lowrank, wide', align: 'right' },
  { head: 'version', align: 'left' },
];

function peersCase({ name, about, rows }: PeersCase): string {
  const timed = rows.filter(({ absent }) => absent === undefined);
  const absent = rows.filter((row) => row.absent !== undefined);
  const table = timed.map((row) => [
    row.engine,
    String(row.threads),
    row.wide ? 'on' : '',
    ...[row.milliseconds, row.gflops, row.ratio, row.wideRatio].map(formatNumber),
    row.about ?? '',
  ]);
  const parts = [
    `### ${name}`,
    `${capitalised(about)}.`,
    markdownTable({ columns: PEERS_COLUMNS, rows: table }),
  ];
  if (absent.length > 0) parts.push(bullets(absent.map((row) => `absent: ${row.engine}: ${row.absent}`)));
  return parts.join('\n\n');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
