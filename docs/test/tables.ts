/** The tables of guides for those who come from another library: which names of ours stand next to which of theirs. */
import type { Document } from '../site/markdown.mjs';

export interface Row {
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
}

/** The rows of the tables whose first two columns are called `theirs` and lowrank; of each cell the code. */
export function rowsOf({ lines }: Pick<Document, 'lines'>, theirs: string): Row[] {
  const rows: Row[] = [];
  let isTable = false;
  for (const line of lines) {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (!line.startsWith('|')) isTable = false;
    else if (cells[1] === theirs && cells[2] === 'lowrank') isTable = true;
    else if (isTable && !/^-+$/.test(cells[1]))
      rows.push({ theirs: codeOf(cells[1]), ours: codeOf(cells[2]) });
  }
  return rows;
}

/** The pieces of code in a text. */
export function codeOf(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
}

/** The names that begin with one of the `roots` in a piece of code, such as `torch.no_grad`. */
export function namesUnder(roots: readonly string[], code: string): string[] {
  const name = new RegExp(`(?<![\\w.])(?:${roots.join('|')})(?:\\.\\w+)+`, 'g');
  return code.match(name) ?? [];
}

/** The text of a document below one of its headings. */
export function sectionOf({ lines }: Pick<Document, 'lines'>, heading: string): string {
  const text = lines.join('\n');
  return text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
}
