// Where the documents lie, and which page of the site a place of the repository has.
// @ts-check

import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const DOCS = fileURLToPath(new URL('..', import.meta.url));

/** From those that know nobody to the umbrella. */
export const PACKAGES = ['tensor', 'autograd', 'nn', 'lora', 'models', 'lowrank'];

/** Pages that are made for each build, seen from docs/. They stand on the site without this part of their path. */
export const GENERATED = 'generated/';

/** What a page shows that stands for a file or a folder of the repository. */
export const SOURCE = `${GENERATED}source/`;

/** Whether a link leads out of the repository. */
export const isExternal = (/** @type {string} */ link) => /^([a-z]+:|\/\/)/i.test(link);

/**
 * Where a link of a document leads.
 * @param {string} from The path of the document, seen from the root of the repository.
 * @param {string} link As it is written, such as `../packages/tensor#part`.
 * @returns {{ path: string, anchor: string }} seen from the root; without a slash at the end.
 */
export function targetOf(from, link) {
  const [path = '', anchor = ''] = decodeURI(link).split('#');
  const target = path === '' ? from : posix.join(posix.dirname(from), path);
  return { path: target.replace(/\/$/, ''), anchor };
}

/**
 * The page of a file or folder of the repository, seen from docs/: guides have their own, everything else one that shows it.
 * @param {string} path seen from the root; `''` or `.` is the root itself.
 */
export function pageOf(path) {
  const guide = /^docs\/([^/]+\.md)$/.exec(path)?.[1];
  if (guide !== undefined) return guide;
  const shown = path.replace(/(^|\/)README\.md$/, '').replace(/^\.$/, '');
  if (isFolder(shown)) return posix.join(SOURCE, shown, 'index.md');
  return SOURCE + shown + (shown.endsWith('.md') ? '' : '.md');
}

/**
 * The document whose text stands on a page, seen from the root: what its links start from. `null` for the API reference.
 * @param {string} page seen from docs/
 */
export function documentOf(page) {
  if (!page.startsWith(GENERATED)) return `docs/${page}`;
  if (!page.startsWith(SOURCE)) return null;
  const shown = page.slice(SOURCE.length);
  if (/(^|\/)index\.md$/.test(shown)) return posix.join(posix.dirname(shown), 'README.md');
  return /\.\w+\.md$/.test(shown) ? shown.replace(/\.md$/, '') : shown;
}

/** @param {string} path seen from the root */
export function isFolder(path) {
  return existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isDirectory();
}
