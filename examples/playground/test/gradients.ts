/** The gradients of a program of the playground, by the engine in Node, to compare with what its graphs show. */
import { jest } from '@jest/globals';
import * as lowrank from 'lowrank';
import { withoutImports } from '../src/autograd/compile.js';

/** The numbers of `grad`, row by row, by the name of the tensor. */
export type Gradients = Readonly<Record<string, readonly number[]>>;

/** Thrown out of a program once it has shown its graph. */
class Shown {
  constructor(readonly gradients: Gradients) {}
}

/**
 * Runs a program until it shows its graph, and tells what `backward` leaves there in `grad` of all tensors that want a
 * gradient. What comes after is not run: to trace every call of a training loop takes Node long where tests run.
 */
export function gradientsInNode(source: string): Gradients {
  const show = (output: lowrank.Tensor, { gradient }: lowrank.ViewerOptions = {}) => {
    throw new Shown(gradientsOf(output, gradient));
  };
  const program = new Function('lowrank', 'show', withoutImports(source));
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    lowrank.traceCalls(() => void program(lowrank, show));
  } catch (thrown) {
    if (thrown instanceof Shown) return thrown.gradients;
    throw thrown;
  } finally {
    log.mockRestore();
  }
  throw new Error('the program shows no graph');
}

function gradientsOf(output: lowrank.Tensor, gradient?: lowrank.Tensor): Gradients {
  const values = lowrank.graphValues(output);
  const leaves = lowrank
    .graph(output)
    .nodes.filter(({ kind }) => kind === 'leaf' || kind === 'parameter')
    .map(({ id, name }) => ({ name: String(name), tensor: values.get(id) as lowrank.Tensor }));
  output.backward(gradient);
  return Object.fromEntries(
    leaves.map(({ name, tensor }) => [name, Array.from(tensor.grad?.dataSync() ?? [])]),
  );
}

/** In parts of a gradient's largest number: kernels of the browser fuse operations where those of Node may not. */
const TOLERANCE = 1e-5;

/** Where numbers differ by more than rounding, or there are others, as texts. */
export function differences(shown: Gradients, expected: Gradients): string[] {
  const names = new Set([...Object.keys(shown), ...Object.keys(expected)]);
  return [...names].flatMap((name) => {
    const [theirs = [], ours = []] = [shown[name], expected[name]];
    const largest = Math.max(0, ...ours.filter(Number.isFinite).map(Math.abs));
    const isSame = (value: number, i: number) =>
      Object.is(value, theirs[i]) || Math.abs(value - (theirs[i] as number)) <= TOLERANCE * largest;
    const isEqual = ours.length > 0 && ours.length === theirs.length && ours.every(isSame);
    return isEqual ? [] : [`${name}: the graph shows [${theirs}], grad is [${ours}]`];
  });
}
