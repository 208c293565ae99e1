/** Who takes part in a race: ways to compute the same. Each gets a worker of its own, because settings count for all of it. */

/** How a worker computes. */
export type Mode =
  /** Without WebAssembly. */
  | { readonly kind: 'loops' }
  /** `null` threads are as many as can run at once. */
  | { readonly kind: 'wasm'; readonly relaxed: boolean; readonly threads: 1 | null }
  | { readonly kind: 'gpu' };

export interface Contestant {
  readonly name: string;
  readonly mode: Mode;
}

/** The first is what the others are compared with. */
export const CONTESTANTS: readonly Contestant[] = [
  { name: 'plain loops', mode: { kind: 'loops' } },
  { name: 'wasm, plain SIMD', mode: { kind: 'wasm', relaxed: false, threads: 1 } },
  { name: 'wasm, relaxed SIMD', mode: { kind: 'wasm', relaxed: true, threads: 1 } },
  { name: 'wasm, all threads', mode: { kind: 'wasm', relaxed: true, threads: null } },
  { name: 'GPU', mode: { kind: 'gpu' } },
];
