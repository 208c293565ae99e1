// The service worker that keeps the built files, so that the playground works without a network once it was open.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const TEMPLATE = new URL('../src/shell/service-worker.js', import.meta.url);

/** No page asks for these. */
const NOT_KEPT = /\.map$|^(headers\.json|sw\.js)$/;

/** Writes `sw.js` with the list of the built files, and a version that changes when one of them does. */
export function writeServiceWorker(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll(sep, '/'))
    .filter((name) => !NOT_KEPT.test(name))
    .sort();
  const hash = createHash('sha256');
  for (const name of files) hash.update(name).update(readFileSync(join(folder, name)));
  const script = readFileSync(TEMPLATE, 'utf8')
    .replace("'%VERSION%'", JSON.stringify(hash.digest('hex').slice(0, 16)))
    .replace("'%FILES%'", JSON.stringify(files));
  writeFileSync(join(folder, 'sw.js'), script);
}
