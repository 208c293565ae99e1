/** What pages need of Node: builds of libraries for script elements, and the lines of programs. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Chart.js, without the reference to a source map that is not there. */
export async function readChartJs(): Promise<string> {
  const source = await readBeside('chart.js', 'chart.umd.min.js');
  return source.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}

/** Graphviz, which makes itself known as `Viz`. */
export function readGraphviz(): Promise<string> {
  return readBeside('@viz-js/viz', 'viz-global.js');
}

/** A file that stands beside the entry of a package. */
function readBeside(name: string, file: string): Promise<string> {
  const entry = createRequire(import.meta.url).resolve(name);
  return readFile(join(dirname(entry), file), 'utf8');
}

/** The text of a program; `null` if it is not a file here. */
export async function readProgram(file: string): Promise<string | null> {
  try {
    return await readFile(file.startsWith('file:') ? fileURLToPath(file) : file, 'utf8');
  } catch {
    return null;
  }
}
