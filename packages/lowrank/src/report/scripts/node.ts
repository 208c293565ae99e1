/** What a report needs of Node: the build of Chart.js for a script element, and hashes. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Without the reference to a source map that is not there. */
export async function readChartJs(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('chart.js');
  const source = await readFile(join(dirname(entry), 'chart.umd.min.js'), 'utf8');
  return source.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}

/** In base64. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');
