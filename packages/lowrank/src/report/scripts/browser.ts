/** A page has no packages to read scripts from. */
import { LowrankError } from '@lowrank/tensor';

function refuse(): never {
  throw new LowrankError('renderReport', 'reads Chart.js from its npm package, which only Node can do');
}

export const readChartJs: () => Promise<string> = refuse;
export const sha256: (text: string) => string = refuse;
