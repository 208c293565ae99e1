/** The images that are learnt from: `pack-mnist.mjs` writes the file, Vite puts it beside the page. */
import { MnistDataset } from 'lowrank';

const FILE = new URL('mnist.bin', import.meta.url);
const SIDE = 28;

/** @throws if the server does not deliver the file. */
export async function fetchMnist(): Promise<MnistDataset> {
  const response = await fetch(FILE);
  if (!response.ok) throw new Error(`the server answered ${response.status} to ${FILE}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // An image and its label for each.
  const count = bytes.length / (SIDE * SIDE + 1);
  const end = count * SIDE * SIDE;
  return new MnistDataset({
    images: bytes.subarray(0, end),
    labels: bytes.subarray(end),
    count,
    height: SIDE,
    width: SIDE,
  });
}
