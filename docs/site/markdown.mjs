// Reading documents: their code, their links and their headings.
// @ts-check

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isExternal, ROOT } from './places.mjs';
import { slugOf } from './slug.mjs';

/**
 * @typedef {object} Document
 * @property {string} path seen from the root of the repository
 * @property {readonly string[]} lines
 */

/**
 * A block between two fences.
 * @typedef {object} Snippet
 * @property {string} info What follows the three backticks: `ts`, or `ts from <path>` for a quotation.
 * @property {number} line The line of the document that the first line of code stands in, from 1.
 * @property {readonly string[]} code
 */

/**
 * A program of a document: a snippet that imports something, and those after it that do not.
 * @typedef {object} Program
 * @property {string} document
 * @property {number} line
 * @property {string} code Every line stands in the line that it has in the document.
 * @property {readonly string[]} prints What it is said to print: the texts of its comments `-> text`, line by line.
 */

const SKIPPED = ['node_modules', 'dist', 'coverage', 'generated', 'src', 'test', '.git', '.vitepress'];

/** @returns {string[]} */
function filesBelow(/** @type {string} */ folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return SKIPPED.includes(entry.name) ? [] : filesBelow(path);
  });
}

/** All guides and READMEs. */
export function readDocuments() {
  const isDocument = (/** @type {string} */ path) =>
    /^((README|CONTRIBUTING)\.md|docs\/[^/]*\.md|(packages|examples|benches)\/(.*\/)?README\.md)$/.test(path);
  return filesBelow(ROOT)
    .map((path) => relative(ROOT, path))
    .filter(isDocument)
    .map(readDocument);
}

/**
 * @param {string} path seen from the root
 * @returns {Document}
 */
export function readDocument(path) {
  return { path, lines: readFileSync(join(ROOT, path), 'utf8').split('\n') };
}

/** @typedef {{ info: string, line: number, code: string[] }} OpenSnippet */

/**
 * Takes a document apart into its code and the text around it.
 * @param {Pick<Document, 'lines'>} document
 */
function partsOf({ lines }) {
  /** @type {Snippet[]} */
  const snippets = [];
  /** @type {string[]} */
  const text = [];
  /** @type {OpenSnippet | null} */
  let open = null;
  for (const [i, line] of lines.entries()) {
    const info = /^```(.*)$/.exec(line.trim())?.[1];
    if (open !== null && info === undefined) open.code.push(line);
    else if (open !== null) {
      snippets.push(open);
      open = null;
    } else if (info !== undefined) open = { info: info.trim(), line: i + 2, code: [] };
    else text.push(line);
  }
  return { snippets, text };
}

/** @param {Pick<Document, 'lines'>} document */
export const snippetsOf = (document) => partsOf(document).snippets;

/**
 * The programs in a language, which `comment` begins a comment in and `imports` finds imports of.
 * @param {Document} document
 * @param {{ language: string, imports: RegExp, comment: string }} [syntax]
 * @returns {Program[]}
 */
export function programsOf({ path, lines }, syntax = { language: 'ts', imports: /^import /, comment: '//' }) {
  const { language, imports, comment } = syntax;
  const result = new RegExp(`${comment} -> ?(.*)$`);
  /** @type {Snippet[][]} */
  const groups = [];
  for (const snippet of snippetsOf({ lines }).filter(({ info }) => info === language)) {
    const isContinued = !snippet.code.some((text) => imports.test(text));
    const last = groups.at(-1);
    if (!isContinued) groups.push([snippet]);
    else if (last !== undefined) last.push(snippet);
    else
      throw new Error(`${path}:${snippet.line}: the first snippet of a document must import what it needs`);
  }
  return groups.map((snippets) => ({
    document: path,
    line: /** @type {Snippet} */ (snippets[0]).line,
    code: placed(snippets),
    prints: snippets.flatMap(({ code }) => code).flatMap((text) => result.exec(text)?.[1] ?? []),
  }));
}

/** @param {readonly Snippet[]} snippets */
function placed(snippets) {
  /** @type {string[]} */
  const lines = [];
  for (const { line, code } of snippets) {
    while (lines.length < line - 1) lines.push('');
    lines.push(...code);
  }
  return lines.join('\n');
}

/**
 * The snippets that quote a file of this repository: those after ` ```ts from <path> `.
 * @param {Pick<Document, 'lines'>} document
 */
export function quotationsOf(document) {
  return snippetsOf(document).flatMap(({ info, code }) => {
    const source = /^ts from (.+)$/.exec(info)?.[1];
    return source === undefined ? [] : [{ source, text: code.join('\n') }];
  });
}

/**
 * What a document links to, pictures included, as it is written.
 * @param {Pick<Document, 'lines'>} document
 * @returns {string[]}
 */
export function linksOf(document) {
  const text = partsOf(document)
    .text.join('\n')
    .replace(/`[^`\n]*`/g, '``');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => /** @type {string} */ (target));
}

/** @param {Pick<Document, 'lines'>} document */
export const internalLinksOf = (document) => linksOf(document).filter((link) => !isExternal(link));

/**
 * The anchors of a document's headings.
 * @param {Pick<Document, 'lines'>} document
 */
export function anchorsOf(document) {
  /** @type {Map<string, number>} */
  const uses = new Map();
  return partsOf(document).text.flatMap((line) => {
    const heading = /^#{1,6} (.*)$/.exec(line)?.[1];
    if (heading === undefined) return [];
    const slug = slugOf(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, ''));
    const count = uses.get(slug) ?? 0;
    uses.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** @param {Pick<Document, 'lines'>} document */
export function titleOf({ lines }) {
  const heading = lines.map((line) => /^# (.*)$/.exec(line)?.[1]).find((title) => title !== undefined);
  return heading?.replaceAll('`', '') ?? '';
}
