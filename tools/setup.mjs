// Makes a checkout ready to run with nothing but Node and npm: installs what pnpm-lock.yaml names, compiles the packages
// and bundles each into one file; `--playground` builds the playground, too. Each step leaves a stamp when it has succeeded, and is
// skipped while its stamp is up to date.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => existsSync(join(folder, 'package.json')));
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** All files below `path`, or `path` itself where it is a file. */
function filesBelow(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

function lockedDependencies() {
  return digest(['pnpm-lock.yaml', 'pnpm-workspace.yaml'].map((name) => readFileSync(join(root, name))));
}

/** Times and sizes stand for the contents here: reading every source would make each start slower. */
function stateOf(files) {
  const states = files.map((file) => {
    const { mtimeMs, size } = statSync(file);
    return `${relative(root, file)} ${mtimeMs} ${size}`;
  });
  return digest([lockedDependencies(), ...states]);
}

function sources() {
  return [root, ...packages]
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => /^(src|tsconfig.*\.json)$/.test(basename(path)))
    .flatMap(filesBelow);
}

/** What bundling reads apart from the compiled sources. */
function bundled() {
  const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.mjs'));
  return ['tools/bundle.mjs', ...examples.map((name) => join('examples', name))].map((path) =>
    join(root, path),
  );
}

const playground = join(root, 'examples', 'playground');

function sourcesOfPlayground() {
  const own = readdirSync(playground).filter((name) => !['node_modules', 'test'].includes(name));
  return ['../base.css', ...own].flatMap((name) => filesBelow(join(playground, name)));
}

const kernels = join(root, 'packages', 'tensor', 'src', 'kernels', 'wasm', 'generated', 'binaries.ts');

function stateOfKernels() {
  const sources = ['packages/tensor/assembly', 'tools/wasm', 'tools/build-wasm.mjs'];
  return stateOf(sources.map((path) => join(root, path)).flatMap(filesBelow));
}

const scalars = join(root, 'packages', 'tensor', 'src', 'kernels', 'gpu', 'generated', 'scalars.ts');

function stateOfScalars() {
  return stateOf(
    ['packages/tensor/src/kernels/scalars.ts', 'tools/build-gpu.mjs'].map((path) => join(root, path)),
  );
}

/** Each step's `state` tells what it depends on, its `results` what must be there once it is done. */
const steps = [
  {
    stamp: join(root, 'node_modules', '.lowrank-installed'),
    what: 'installing dependencies',
    commandLine: `npx --yes ${packageManager} install --frozen-lockfile`,
    state: lockedDependencies,
    results: [join(root, 'node_modules', 'typescript'), join(root, 'node_modules', 'assemblyscript')],
    advice: 'Is the npm registry reachable, and does pnpm-lock.yaml match the package.json files?',
  },
  {
    stamp: join(root, 'node_modules', '.lowrank-kernels'),
    what: 'compiling the wasm kernels',
    commandLine: `"${process.execPath}" tools/build-wasm.mjs`,
    state: stateOfKernels,
    results: [kernels],
    advice: 'The errors above name the file and the line.',
  },
  {
    stamp: join(root, 'node_modules', '.lowrank-scalars'),
    what: 'translating the scalar functions for the GPU',
    commandLine: `"${process.execPath}" tools/build-gpu.mjs`,
    state: stateOfScalars,
    results: [scalars],
    advice: 'The error above names the line that the GPU has no words for.',
  },
  {
    stamp: join(root, 'node_modules', '.lowrank-built'),
    what: 'compiling the packages',
    commandLine: `"${process.execPath}" node_modules/typescript/bin/tsc -b`,
    state: () => stateOf(sources()),
    results: packages.map((folder) => join(folder, 'dist', 'index.js')),
    advice: 'The errors above name the file and the line.',
  },
  {
    stamp: join(root, 'node_modules', '.lowrank-bundled'),
    what: 'bundling the packages',
    commandLine: `"${process.execPath}" tools/bundle.mjs`,
    state: () => stateOf([...sources(), ...bundled()]),
    results: packages.map((folder) => join(folder, 'dist', 'bundle.js')),
    advice: 'The errors above name the file and the line.',
  },
  {
    stamp: join(root, 'node_modules', '.lowrank-playground'),
    what: 'building the playground',
    commandLine: `"${process.execPath}" node_modules/vite/bin/vite.js build`,
    cwd: playground,
    state: () => stateOf([...sources(), ...sourcesOfPlayground()]),
    results: [join(root, 'packages', 'lowrank', 'dist', 'playground', 'headers.json')],
    advice: 'The errors above name the file and the line.',
    isWanted: process.argv.includes('--playground'),
  },
];

function isUpToDate({ stamp, state, results }) {
  return (
    results.every((path) => existsSync(path)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === state()
  );
}

function perform(step) {
  console.log(`setup: ${step.what} (${step.commandLine})`);
  rmSync(step.stamp, { force: true });
  const state = step.state();
  const { status, signal, error } = spawnSync(step.commandLine, {
    cwd: step.cwd ?? root,
    shell: true,
    stdio: 'inherit',
  });
  if (status !== 0) {
    const outcome = error?.message ?? (signal ? `ended by ${signal}` : `exit code ${status}`);
    console.error(`setup: ${step.what} failed: ${outcome}. ${step.advice}`);
    process.exit(1);
  }
  writeFileSync(step.stamp, state);
}

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  console.error(`setup: lowrank needs Node ${OLDEST_NODE} or newer, this is Node ${process.versions.node}.`);
  process.exit(1);
}
for (const step of steps) if ((step.isWanted ?? true) && !isUpToDate(step)) perform(step);
