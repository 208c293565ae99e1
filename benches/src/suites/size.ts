/** What lowrank adds to a web page: its packages bundled, minified and compressed. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import type { Case, Measurement, Suite, Values } from '../suite.js';

const CORE = ['tensor', 'autograd', 'nn', 'lora'].map((name) => `@lowrank/${name}`);

const PACKAGES = [...CORE, '@lowrank/models', 'lowrank'];

/** Leaves the kernels out, to see what they take. */
const WITHOUT_WASM: Plugin = {
  name: 'without-wasm',
  setup: ({ onLoad }) => {
    onLoad({ filter: /tensor[\\/]dist[\\/]bundle/ }, async ({ path }) => ({
      // No other string is anywhere near as long.
      contents: (await readFile(path, 'utf8')).replace(/"[^"]{10000,}"/g, '""'),
    }));
  },
};

interface BundleOptions {
  readonly external?: readonly string[];
  readonly plugins?: readonly Plugin[];
}

/** All exports of some packages in one file for browsers. */
async function bundle(
  names: readonly string[],
  { external = [], plugins = [] }: BundleOptions = {},
): Promise<Values> {
  const { outputFiles } = await build({
    stdin: {
      contents: names.map((name) => `export * from '${name}';`).join('\n'),
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
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
  const { contents } = outputFiles[0]!;
  return {
    minified: contents.length / 1024,
    gzipped: gzipSync(contents, { level: 9 }).length / 1024,
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
