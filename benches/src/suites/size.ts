/** What lowrank adds to a web page: its packages bundled, minified and compressed. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile, type Plugin } from 'esbuild';
import type { Case, Measurement, Suite, Values } from '../suite.js';

const CORE = ['tensor', 'autograd', 'nn', 'lora'].map((name) => `@lowrank/${name}`);

const PACKAGES = [...CORE, '@lowrank/models', 'lowrank'];

/** Leaves the kernels out, to see what they take. */
const WITHOUT_WASM: Plugin = {
  name: 'without-wasm',
  setup: ({ onLoad }) => {
    onLoad({ filter: /tensor[\\/]dist[\\/]bundle/ }, async ({ path }) => ({
      // No other line is anywhere near as long.
      contents: (await readFile(path, 'utf8')).replace(/"[^"\n]{10000,}"/g, '""'),
    }));
  },
};

interface BundleOptions {
  readonly external?: readonly string[];
  readonly plugins?: readonly Plugin[];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

/** The names of the files that the entry point cannot do without. */
function loadedAtOnce(outputs: Metafile['outputs']): ReadonlySet<string> {
  const found = new Set(Object.keys(outputs).filter((path) => outputs[path]!.entryPoint === '<stdin>'));
  for (const path of found) {
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') found.add(next);
    }
  }
  return new Set([...found].map((path) => basename(path)));
}

/** All exports of some packages as a page loads them, without what is loaded on demand: the GPU device by its first use. */
async function bundle(
  names: readonly string[],
  { external = [], plugins = [] }: BundleOptions = {},
): Promise<Values> {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: names.map((name) => `export * from '${name}';`).join('\n'),
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    splitting: true,
    metafile: true,
    outdir: '.',
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    // Imported on demand, by what only runs in Node.
    external: ['node:*', 'cli-progress', ...external],
    plugins: [...plugins],
    logLevel: 'error',
  });
  const atOnce = loadedAtOnce(metafile.outputs);
  const files = outputFiles.filter(({ path }) => atOnce.has(basename(path))).map(({ contents }) => contents);
  return {
    minified: sum(files.map(({ length }) => length)) / 1024,
    gzipped: sum(files.map((contents) => gzipSync(contents, { level: 9 }).length)) / 1024,
  };
}

function sizes(name: string, contestants: Readonly<Record<string, () => Promise<Values>>>): Case {
  return {
    name,
    measure: async () => {
      const measurements: Measurement[] = [];
      for (const [contestant, size] of Object.entries(contestants)) {
        measurements.push({ contestant, ...(await size()) });
      }
      return measurements;
    },
  };
}

async function bundleOfWasm(): Promise<Values> {
  const [whole, rest] = await Promise.all([bundle(CORE), bundle(CORE, { plugins: [WITHOUT_WASM] })]);
  return { minified: whole.minified! - rest.minified!, gzipped: whole.gzipped! - rest.gzipped! };
}

const alone = PACKAGES.map(
  (name) => [name, () => bundle([name], { external: PACKAGES.filter((other) => other !== name) })] as const,
);

export const sizeSuite: Suite = {
  name: 'size',
  about: 'bundles for browsers, minified by esbuild and compressed by gzip',
  cases: [
    sizes('core', {
      'tensor, autograd, nn, lora': () => bundle(CORE),
      'of that, wasm kernels': bundleOfWasm,
    }),
    sizes('each package without those it stands on', Object.fromEntries(alone)),
  ],
};
