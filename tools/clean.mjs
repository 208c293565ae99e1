// Removes everything that setup, the build and the tests have made; the next command makes it anew.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const members = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, folder, entry.name)),
);
const made = [
  ...[...members, join(root, 'benches'), join(root, 'docs')].flatMap((folder) => [
    join(folder, 'dist'),
    join(folder, 'node_modules'),
  ]),
  join(root, 'benches', 'peers', 'node_modules'),
  ...['wasm', 'gpu'].map((name) => join(root, 'packages', 'tensor', 'src', 'kernels', name, 'generated')),
  ...['generated', 'public/generated', '.vitepress/dist', '.vitepress/cache'].map((name) =>
    join(root, 'docs', name),
  ),
  join(root, 'coverage'),
  join(root, 'node_modules'),
];
for (const path of made) rmSync(path, { recursive: true, force: true });
