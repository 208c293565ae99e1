/** The platform as Node provides it. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { Platform } from './platform.js';

const nodeVersion = Number.parseInt(process.versions.node, 10);

/** The versions whose wide pass we test. Node 20 has none, and in Node 22 it has no effect. */
const WIDE_VERSIONS: readonly number[] = [24, 25, 26];

function enableWideSimd(): string | undefined {
  if (!WIDE_VERSIONS.includes(nodeVersion)) {
    return `Node ${process.versions.node} is not one of the versions that it is tested with (${WIDE_VERSIONS.join(', ')})`;
  }
  if (process.arch !== 'x64') return `it is for x64 with AVX2, and this is ${process.arch}`;
  if (process.platform === 'linux' && !/\bavx2\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))) {
    return 'this processor has no AVX2';
  }
  setFlagsFromString('--experimental-wasm-revectorize');
  return undefined;
}

export const platform: Platform = {
  environment: (name) => process.env[name],
  // Other versions have it without a flag or not at all, and V8 complains on the terminal about flags it does not know.
  enableRelaxedSimd: () => {
    if (nodeVersion === 20) setFlagsFromString('--experimental-wasm-relaxed-simd');
  },
  enableWideSimd,
  parallelism: availableParallelism,
  decodeBase64: (text) => new Uint8Array(Buffer.from(text, 'base64')),
  uninitialised: (length) => new Float32Array(Buffer.allocUnsafeSlow(4 * length).buffer as ArrayBuffer),
};
