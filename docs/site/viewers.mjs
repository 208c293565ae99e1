// The viewers in guides: pages that the guides' own programs write by `toHtml`.
// @ts-check

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { programsOf, readDocument } from './markdown.mjs';
import { DOCS, GENERATED, ROOT } from './places.mjs';

/** Where the site serves them from. */
export const VIEWERS = `${GENERATED}viewers/`;

/**
 * Runs the programs that make viewers, in the folder that the site takes them from.
 * @param {readonly string[]} guides seen from the root
 * @throws Error if a program fails.
 */
export function writeViewers(guides) {
  const programs = join(DOCS, GENERATED, 'programs');
  const viewers = join(DOCS, 'public', VIEWERS);
  for (const folder of [programs, viewers]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  for (const program of guides.map(readDocument).flatMap((guide) => programsOf(guide))) {
    if (!program.code.includes('toHtml(')) continue;
    const file = join(programs, `${basename(program.document)}-${program.line}.mjs`);
    writeFileSync(file, withSourceMap(program));
    const { status } = spawnSync(process.execPath, ['--enable-source-maps', file], {
      cwd: viewers,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error(`${program.document}:${program.line}: this program failed`);
  }
  for (const name of readdirSync(viewers)) {
    const file = join(viewers, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(ROOT, ''));
  }
}

/**
 * JavaScript whose ops are called at the lines of the guide, as the viewer shows them.
 * @param {import('./markdown.mjs').Program} program
 */
function withSourceMap({ document, code }) {
  const { outputText, sourceMapText = '' } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, sourceMap: true },
  });
  const map = { ...JSON.parse(sourceMapText), sources: [join(ROOT, document)] };
  const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
  return outputText.replace(/(?<=\/\/# sourceMappingURL=).*/, url);
}
