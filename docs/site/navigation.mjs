// How readers find their way: the order of the guides, and the pages of the reference.
// @ts-check

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument, titleOf } from './markdown.mjs';
import { DOCS, GENERATED, PACKAGES } from './places.mjs';
import { slugOf } from './slug.mjs';

/** The guides, in the order in which they build on one another. */
export const GUIDES = {
  Start: ['index', 'getting-started'],
  Learn: ['autograd', 'own-op', 'lora', 'lora-gradients'],
  'Devices and speed': ['devices', 'cpu', 'gpu'],
  'Coming from': ['from-pytorch', 'from-tfjs'],
  Trust: ['truth'],
};

/** The sidebar of the guides, which are called by their titles. */
export function guides() {
  return Object.entries(GUIDES).map(([text, names]) => ({
    text,
    items: names.map((name) => ({
      text: titleOf(readDocument(`docs/${name}.md`)),
      link: name === 'index' ? '/' : `/${name}`,
    })),
  }));
}

/** What the reference has of a package, in the order in which it is listed; by the names of folders. */
const KINDS = {
  functions: 'Functions',
  classes: 'Classes',
  variables: 'Variables',
  interfaces: 'Interfaces',
  'type-aliases': 'Type Aliases',
};

/** @returns {string[]} */
function exportsOf(/** @type {string} */ name, /** @type {string} */ kind) {
  const folder = join(DOCS, GENERATED, 'api', name, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => file.replace(/\.md$/, ''));
}

/** The sidebar of the reference. All exports would make each of its pages 150 KB larger: the pages of packages list them. */
export function reference() {
  const packages = PACKAGES.map((name) => ({
    text: name,
    link: `/api/${name}/`,
    items: Object.entries(KINDS)
      .filter(([kind]) => exportsOf(name, kind).length > 0)
      .map(([, text]) => ({ text, link: `/api/${name}/#${slugOf(text)}` })),
  }));
  return [{ text: 'API reference', link: '/api/', items: packages }];
}

/** The pages of functions, classes and variables, seen from docs/, by the names of these. */
export function referencePages() {
  const pages = PACKAGES.flatMap((name) =>
    ['functions', 'classes', 'variables'].flatMap((kind) =>
      exportsOf(name, kind).map((each) => ({ each, page: `${GENERATED}api/${name}/${kind}/${each}.md` })),
    ),
  );
  return new Map(pages.map(({ each, page }) => [each, page]));
}
