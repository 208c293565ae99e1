/** WebGPU in Node for engines that look for a browser's: Dawn, by the package `webgpu`. */
import { createRequire } from 'node:module';

/** The one of the workspace: a peer brings an older one along. */
const { create, globals } = createRequire(new URL('../../package.json', import.meta.url))('webgpu');

/** Puts `navigator.gpu` and its constants where a browser has them. The process must be ended: Dawn keeps it alive. */
export function provideWebGpu() {
  Object.assign(globalThis, globals);
  const navigator = { gpu: create([]), userAgent: `Node ${process.versions.node}` };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
}
