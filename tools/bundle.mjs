// Writes each package's compiled modules into one file, dist/bundle.js, which is what its users import: Node takes three times
// as long to load a hundred small modules. What other packages and the platform provide stays imported. Copies the examples into
// the package whose command runs them.

import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => existsSync(join(folder, 'package.json')));

/**
 * What a module imports when it runs (the GPU's kernels, when a GPU is asked for) stands in files of its own, with what these share.
 * Nothing is renamed but what has the name of something else, so that stacks can be read: minified files load no faster.
 */
async function bundle(folder) {
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: { bundle: 'dist/index.js' },
    outdir: 'dist',
    chunkNames: 'bundle/[name]-[hash]',
    bundle: true,
    splitting: true,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    packages: 'external',
    // Node and pages have different files behind these names: one bundle serves both.
    external: ['#*'],
    sourcemap: 'linked',
    logLevel: 'warning',
  });
  removeOthers(
    join(folder, 'dist', 'bundle'),
    new Set(Object.keys(metafile.outputs).map((path) => basename(path))),
  );
}

/** Removes the files of earlier bundles. */
function removeOthers(chunks, made) {
  if (!existsSync(chunks)) return;
  for (const name of readdirSync(chunks)) if (!made.has(name)) rmSync(join(chunks, name));
}

/** What Node alone needs of the tensor package, for the same reason in one file. */
const platform = build({
  absWorkingDir: join(root, 'packages', 'tensor'),
  entryPoints: ['dist/kernels/wasm/platform/node.js'],
  outfile: 'dist/platform-node.js',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  packages: 'external',
  sourcemap: 'linked',
  logLevel: 'warning',
});

await Promise.all([platform, ...packages.map(bundle)]);

const examples = join(root, 'packages', 'lowrank', 'dist', 'examples');
rmSync(examples, { recursive: true, force: true });
for (const name of readdirSync(join(root, 'examples')).filter((each) => each.endsWith('.mjs'))) {
  cpSync(join(root, 'examples', name), join(examples, name));
}
