/** What there is of it where there is no Node: each says what pages can do instead. */
import { LowrankError } from '@lowrank/tensor';

function refuse(): never {
  throw new LowrankError(
    'models',
    'there are no files and no terminal here. Fetch the data, and make an MnistDataset of a split; show progress by onStep',
  );
}

export const join: () => string = refuse;
export const listFolder: () => Promise<string[]> = refuse;
export const readFile: () => Promise<Uint8Array> = refuse;
export const gunzip: () => Promise<Uint8Array> = refuse;
export const folderOfPackage: () => string = refuse;
export const newBar: () => never = refuse;
