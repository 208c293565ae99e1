/** Imports a package and, if it is asked to, multiplies two matrices: what a fresh process waits for. */
import { answer, optionsOf } from './finish.js';

interface Options {
  readonly name: string;
  /** Rows and columns of the first product; 0 for none. */
  readonly square: number;
}

const { name, square } = optionsOf<Options>();
const startedAt = performance.now();
const lowrank = (await import(name)) as typeof import('lowrank');
if (square > 0) {
  const ones = lowrank.ones([square, square]);
  const [first] = lowrank.matmul(ones, ones).dataSync();
  if (first !== square) throw new Error(`a product of ones is ${first} instead of ${square}`);
}
answer({ inside: performance.now() - startedAt });
