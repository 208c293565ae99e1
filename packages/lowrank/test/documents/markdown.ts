/** Reading documents: their snippets of TypeScript, as programs that can be run, and their links. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the workspace. */
export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

export interface Document {
  /** Relative to the workspace. */
  readonly path: string;
  readonly lines: readonly string[];
}

/** All guides and READMEs. */
export function readDocuments(): Document[] {
  const isDocument = (path: string) =>
    /^(README\.md|docs\/.*\.md|(packages|examples|benches)\/(.*\/)?README\.md)$/.test(path);
  return filesBelow(ROOT)
    .map((path) => relative(ROOT, path))
    .filter(isDocument)
    .map((path) => ({ path, lines: readFileSync(join(ROOT, path), 'utf8').split('\n') }));
}

const SKIPPED = ['node_modules', 'dist', 'coverage', 'src', 'test', '.git'];

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return SKIPPED.includes(entry.name) ? [] : filesBelow(path);
  });
}

export interface Snippet {
  /** What follows the three backticks: `ts`, or `ts from <path>` for a quotation. */
  readonly info: string;
  /** The line of the document that the first line of code stands in, from 1. */
  readonly line: number;
  readonly code: readonly string[];
}

export function snippetsOf({ lines }: Pick<Document, 'lines'>): Snippet[] {
  const snippets: Snippet[] = [];
  let open: { info: string; line: number; code: string[] } | null = null;
  lines.forEach((text, i) => {
    const fence = /^```(.*)$/.exec(text.trim());
    if (open !== null && fence === null) open.code.push(text);
    else if (open !== null) {
      snippets.push(open);
      open = null;
    } else if (fence !== null) open = { info: fence[1].trim(), line: i + 2, code: [] };
  });
  return snippets;
}

/** A program of a document: a snippet that imports something, and those after it that do not. */
export interface Program {
  readonly document: string;
  readonly line: number;
  /** Every line of code stands in the line that it has in the document. */
  readonly code: string;
  /** What it is said to print: the texts of its comments `// -> text`, line by line. */
  readonly prints: readonly string[];
}

export function programsOf({ path, lines }: Document): Program[] {
  const groups: Snippet[][] = [];
  for (const snippet of snippetsOf({ lines }).filter(({ info }) => info === 'ts')) {
    const isContinued = !snippet.code.some((text) => /^import /.test(text));
    const last = groups.at(-1);
    if (isContinued && last === undefined) {
      throw new Error(`${path}:${snippet.line}: the first snippet of a document must import what it needs`);
    }
    if (isContinued) last?.push(snippet);
    else groups.push([snippet]);
  }
  return groups.map((snippets) => ({
    document: path,
    line: snippets[0].line,
    code: placed(snippets),
    prints: snippets.flatMap(({ code }) => code).flatMap((text) => /\/\/ -> ?(.*)$/.exec(text)?.[1] ?? []),
  }));
}

function placed(snippets: readonly Snippet[]): string {
  const lines: string[] = [];
  for (const { line, code } of snippets) {
    while (lines.length < line - 1) lines.push('');
    lines.push(...code);
  }
  return lines.join('\n');
}

/** The snippets that quote a file of this repository: those after ` ```ts from <path> `. */
export function quotationsOf(document: Pick<Document, 'lines'>): { source: string; text: string }[] {
  return snippetsOf(document).flatMap(({ info, code }) => {
    const source = /^ts from (.+)$/.exec(info)?.[1];
    return source === undefined ? [] : [{ source, text: code.join('\n') }];
  });
}

/** The places of this repository that a document links to, without what stands behind `#`. */
export function linksOf({ lines }: Pick<Document, 'lines'>): string[] {
  const targets = [...lines.join('\n').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  return targets
    .filter((target) => !/^(https?:|mailto:|#)/.test(target))
    .map((target) => target.split('#')[0]);
}
