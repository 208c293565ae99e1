/** A page has no packages to read scripts from. */
import { LowrankError } from '@lowrank/tensor';

export function readChartJs(): Promise<string> {
  throw new LowrankError('renderReport', 'reads Chart.js from its npm package, which only Node can do');
}

export function readGraphviz(): Promise<string> {
  throw new LowrankError(
    'toHtml',
    'reads Graphviz from its npm package, which only Node can do. Pass the text of @viz-js/viz/dist/viz-global.js as { graphviz }',
  );
}

export async function readProgram(): Promise<null> {
  return null;
}
