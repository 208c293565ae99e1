/** WebGPU in Node for engines that look for a browser's: Dawn, by the package `webgpu`. */
import { create, globals } from 'webgpu';

/** Puts `navigator.gpu` and its constants where a browser has them. The process must be ended: Dawn keeps it alive. */
export function provideWebGpu() {
  Object.assign(globalThis, globals);
  const navigator = { gpu: create([]), userAgent: `Node ${process.versions.node}` };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
}
