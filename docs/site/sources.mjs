// Pages that show files of the repository: those that the guides link to, and those that these link to in turn.
// @ts-check

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, posix } from 'node:path';
import { internalLinksOf, readDocument } from './markdown.mjs';
import { DOCS, documentOf, isFolder, pageOf, ROOT, SOURCE, targetOf } from './places.mjs';

/**
 * Writes the pages.
 * @param {readonly string[]} guides seen from the root
 * @returns {string[]} What has a page, seen from the root.
 */
export function writeSources(guides) {
  rmSync(join(DOCS, SOURCE), { recursive: true, force: true });
  const shown = linkedFrom(guides);
  for (const path of shown) {
    const page = join(DOCS, pageOf(path));
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, isFolder(path) ? folderPage(path, shown) : filePage(path));
  }
  return [...shown];
}

/**
 * What can be reached by links from `documents` and is not a guide.
 * @param {readonly string[]} documents
 * @returns {Set<string>}
 */
function linkedFrom(documents) {
  const shown = new Set();
  const waiting = [...documents];
  for (const document of waiting) {
    for (const link of internalLinksOf(readDocument(document))) {
      const { path } = targetOf(document, link);
      const target = path.replace(/\/README\.md$/, '');
      if (!existsSync(join(ROOT, path)) || !pageOf(target).startsWith(SOURCE) || isPicture(target)) continue;
      if (shown.has(target)) continue;
      shown.add(target);
      const text = documentOf(pageOf(target)) ?? '';
      if (text.endsWith('.md') && existsSync(join(ROOT, text))) waiting.push(text);
    }
  }
  return shown;
}

const isPicture = (/** @type {string} */ path) => /\.(svg|png)$/.test(path);

/** What a fence calls the language of a file that is not called by its ending. */
const LANGUAGES = new Map([
  ['.mjs', 'js'],
  ['', 'text'],
]);

/** @param {string} path */
function filePage(path) {
  const text = readFileSync(join(ROOT, path), 'utf8');
  if (path.endsWith('.md')) return text;
  const language = LANGUAGES.get(extname(path)) ?? extname(path).slice(1);
  return `${frontmatter(path)}# ${posix.basename(path)}\n\n\`${path}\`\n\n\`\`\`\`${language}\n${text}\`\`\`\`\n`;
}

/**
 * A folder's README, and a list of what is in it.
 * @param {string} path
 * @param {ReadonlySet<string>} shown
 */
function folderPage(path, shown) {
  const readme = join(ROOT, path, 'README.md');
  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : `# ${path}/\n`;
  const entries = readdirSync(join(ROOT, path))
    .filter((name) => !/^(\.|node_modules$|dist$|generated$|coverage$)/.test(name))
    .map((name) => (shown.has(posix.join(path, name)) ? `- [${name}](${name})` : `- ${name}`));
  return `${frontmatter(path)}${text}\n## In this folder\n\n${entries.join('\n')}\n`;
}

/** Pages of sources are found by links, and not by searching. */
function frontmatter(/** @type {string} */ path) {
  return `---\ntitle: ${JSON.stringify(path)}\nsearch: false\naside: false\n---\n\n`;
}
