// Reads fixtures, and judges our engine by them.

import { readFileSync } from 'node:fs';
import { replay, results } from './replay.mjs';

/**
 * @typedef {import('./replay.mjs').Engine} Engine
 * @typedef {import('./replay.mjs').Entry} Entry
 * @typedef {import('./replay.mjs').Comparison} Comparison
 * @typedef {import('./replay.mjs').Result} Result
 */

/** The samples in `PATH.json`, with their tensors in `PATH.safetensors`. */
export class Fixtures {
  #engine;
  #index;
  #tensors;

  /**
   * @param {Engine} engine
   * @param {string | URL} path Without the endings.
   */
  constructor(engine, path) {
    const read = (ending) =>
      readFileSync(path instanceof URL ? new URL(`${path.href}${ending}`) : `${path}${ending}`);
    this.#engine = engine;
    /** @type {readonly Entry[]} */
    this.#index = JSON.parse(read('.json').toString());
    this.#tensors = engine.parseSafetensors(new Uint8Array(read('.safetensors'))).tensors;
  }

  /** All samples. @returns {readonly Entry[]} */
  get samples() {
    return this.#index;
  }

  /** What there are samples of. @returns {string[]} */
  get names() {
    return [...new Set(this.#index.map(({ op }) => op))];
  }

  /** How many comparisons the samples make: of each output, and of the gradient of each input that has one. */
  get comparisons() {
    const outputs = this.#index.reduce((count, entry) => count + entry.outputs.length, 0);
    return outputs + Object.keys(this.#tensors).filter((name) => /\.in\.\d+\.gradient$/.test(name)).length;
  }

  /** The samples of one name. @param {string} name @returns {Entry[]} */
  of(name) {
    return this.#index.filter(({ op }) => op === name);
  }

  /** Makes the call of a sample, forward and backward. @param {Entry} entry @returns {Comparison[]} */
  replay(entry) {
    return replay(this.#engine, entry, this.#tensors);
  }

  /** As `replay`, without the comparison. @param {Entry} entry @returns {Result[]} */
  results(entry) {
    return results(this.#engine, entry, this.#tensors);
  }

  /**
   * What PyTorch says against our results, and how many were compared.
   * @param {string} name
   * @returns {{ complaints: string[], comparisons: number }}
   */
  judge(name) {
    const results = this.of(name).flatMap((entry) =>
      this.replay(entry).map((outcome) => ({ entry, ...outcome })),
    );
    const complaints = results
      .filter(({ complaint }) => complaint !== undefined)
      .map(({ entry, what, complaint }) => `${entry.about}: ${what} ${complaint}`);
    return { complaints, comparisons: results.length };
  }
}
