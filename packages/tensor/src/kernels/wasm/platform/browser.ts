/** The platform as browsers (and their workers) provide it. */
import type { Platform } from './platform.js';

interface Globals {
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly atob: (text: string) => string;
}

const { navigator, atob } = globalThis as unknown as Globals;

export const platform: Platform = {
  environment: () => undefined,
  enableRelaxedSimd: () => {},
  enableWideSimd: () => 'a page cannot switch it on',
  parallelism: () => navigator?.hardwareConcurrency ?? 1,
  decodeBase64: (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
  uninitialised: (length) => new Float32Array(length),
};
