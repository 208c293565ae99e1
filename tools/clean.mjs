// Removes everything that setup, the build and the tests have made; the next command makes it anew.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readdirSync(join(root, 'packages'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => join(root, 'packages', entry.name));
const made = [
  ...[...packages, join(root, 'benches')].flatMap((folder) => [
    join(folder, 'dist'),
    join(folder, 'node_modules'),
  ]),
  join(root, 'benches', 'peers', 'node_modules'),
  join(root, 'packages', 'tensor', 'src', 'kernels', 'wasm', 'generated'),
  join(root, 'coverage'),
  join(root, 'node_modules'),
];
for (const path of made) rmSync(path, { recursive: true, force: true });
