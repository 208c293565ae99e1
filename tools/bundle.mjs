// Writes each package's compiled modules into one file, dist/bundle.js, which is what its users import: Node takes three times
// as long to load a hundred small modules. What other packages and the platform provide stays imported. Copies the examples into
// the package whose command runs them.

import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => existsSync(join(folder, 'package.json')));

/** Nothing is renamed but what has the name of something else, so that stacks can be read: minified files load no faster. */
const bundle = (folder) =>
  build({
    absWorkingDir: folder,
    entryPoints: ['dist/index.js'],
    outfile: 'dist/bundle.js',
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    packages: 'external',
    // Node and pages have different files behind these names: one bundle serves both.
    external: ['#*'],
    sourcemap: 'linked',
    logLevel: 'warning',
  });

await Promise.all(packages.map(bundle));

const examples = join(root, 'packages', 'lowrank', 'dist', 'examples');
rmSync(examples, { recursive: true, force: true });
for (const name of readdirSync(join(root, 'examples')).filter((each) => each.endsWith('.mjs'))) {
  cpSync(join(root, 'examples', name), join(examples, name));
}
