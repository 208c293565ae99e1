/** Giving back the memory of many tensors at once: `scope`, and what it keeps. */
import { ArgumentError, formatValue } from './errors.js';
import { setDeferring } from './kernels/wasm/residency.js';
import type { Tensor } from './tensor.js';

/** The tensors that were made in the innermost scope that is open. */
let current: Set<Tensor> | undefined;

/** @internal Makes the tensor one of the innermost scope that is open: every tensor passes through here when it is made. */
export function adopt(tensor: Tensor): void {
  current?.add(tensor);
}

/**
 * Runs `f` and disposes of all tensors that were made in it, but for those that it returns (in arrays and plain objects too)
 * and those that it hands to `keep`. Gradients of leaves, and what optimisers and modules hold, are kept by themselves.
 * Scopes can be nested: what one returns belongs to the one around it.
 *
 * @example
 * const loss = scope(() => {
 *   const loss = crossEntropy(model.forward(x), labels);
 *   loss.backward();
 *   optimizer.step();
 *   return loss.detach();
 * });
 * @throws ArgumentError for a function that gives a promise: what it makes after its first `await` would be missed.
 */
export function scope<T>(f: () => T): T {
  const [result, made] = attempt(f);
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new ArgumentError(
      'scope',
      `takes a function that gives its result at once, got ${formatValue(result)}. Await what it returns outside`,
    );
  }
  const kept = new Set(tensorsIn(result));
  for (const tensor of made) {
    if (kept.has(tensor)) adopt(tensor);
    else tensor.dispose();
  }
  return result;
}

/** Takes the tensor out of all scopes: only `dispose()` or the garbage collector gives its memory back. Returns it. */
export function keep<T extends Tensor>(tensor: T): T {
  for (const open of scopes) open.delete(tensor);
  return tensor;
}

/** All scopes that are open. */
const scopes = new Set<Set<Tensor>>();

/** What `f` gives, and the tensors that were made in it; if it throws, these are disposed of. */
function attempt<T>(f: () => T): readonly [result: T, made: ReadonlySet<Tensor>] {
  const made = new Set<Tensor>();
  try {
    return [within(made, f), made];
  } catch (thrown) {
    for (const tensor of made) tensor.dispose();
    throw thrown;
  }
}

/** @internal What `f` gives, and the tensors that were made in it, which are in no scope. */
export function collectTensors<T>(f: () => T): readonly [result: T, made: ReadonlySet<Tensor>] {
  const made = new Set<Tensor>();
  return [within(made, f), made];
}

function within<T>(made: Set<Tensor>, f: () => T): T {
  const outer = current;
  scopes.add(made);
  enter(made);
  try {
    return f();
  } finally {
    scopes.delete(made);
    enter(outer);
  }
}

/** What is made in a scope will be disposed of by hand. */
function enter(made: Set<Tensor> | undefined): void {
  current = made;
  setDeferring(made !== undefined);
}

/** The tensors in a result: itself, or in the arrays and plain objects that it is made of. */
function* tensorsIn(result: unknown, seen = new Set<object>()): Generator<Tensor> {
  if (typeof result !== 'object' || result === null || seen.has(result)) return;
  seen.add(result);
  if (isTensor(result)) yield result;
  else if (Array.isArray(result) || Object.getPrototypeOf(result) === Object.prototype) {
    for (const value of Object.values(result)) yield* tensorsIn(value, seen);
  }
}

/** By what only tensors have: the class itself stands on this file. */
function isTensor(value: object): value is Tensor {
  return 'isDisposed' in value && 'dispose' in value;
}
