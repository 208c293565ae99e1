/** What the kernels need of where they run. Node and browsers each have a file that provides it, chosen by `#platform`. */

export interface Platform {
  /** `undefined` where there are no environment variables, or not this one. */
  readonly environment: (name: string) => string | undefined;
  /** Asks the engine for relaxed SIMD where it has it behind a flag. */
  readonly enableRelaxedSimd: () => void;
  /** Switches V8's wide pass on, for modules that are compiled from now on. Returns why it cannot, if so. */
  readonly enableWideSimd: () => string | undefined;
  /** How many threads can run at once. */
  readonly parallelism: () => number;
  readonly decodeBase64: (text: string) => Uint8Array<ArrayBuffer>;
  /** Room for floats that are about to be overwritten: where possible not filled with zeros first. */
  readonly uninitialised: (length: number) => Float32Array<ArrayBuffer>;
}
