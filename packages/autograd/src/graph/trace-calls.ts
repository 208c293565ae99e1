/** `traceCalls`: runs a function so that graphs of what it computes show modules, source lines and values. */
import { checkOptions } from '@lowrank/tensor';
import { type NamedModules, nameParameters } from './names.js';
import { Tracing, tracing } from './tracing.js';

export interface TraceOptions {
  /** A module: ops remember which of its submodules called them, and parameters get the names of their paths. */
  readonly modules?: NamedModules;
}

/**
 * Runs `f` so that graphs of what it computes show more: the line that called each op, the modules that the ops belong
 * to, and the values of the forward pass, which are kept as long as the graph is. For looking, not for training.
 *
 * While `f` runs, each submodule has a `forward` of its own that notes when it begins and ends.
 *
 * @returns What `f` returns.
 * @throws GradientError if `f` is asynchronous.
 * @example
 * const loss = traceCalls(() => crossEntropy(model.forward(x), y), { modules: model });
 * console.log(toMermaid(graph(loss)));
 */
export function traceCalls<T>(f: () => T, options: TraceOptions = {}): T {
  checkOptions('traceCalls', options);
  const { modules } = options;
  const run = new Tracing();
  const undo: (() => void)[] = [];
  try {
    if (modules !== undefined) {
      nameParameters('traceCalls', modules);
      for (const [path, module] of modules.namedModules()) undo.push(watch(run, path, module));
    }
    return tracing.during('traceCalls', run, f);
  } finally {
    for (const restore of undo) restore();
  }
}

/** Gives a module a `forward` that notes when it runs. The root's is left alone: all is inside of it. */
function watch(run: Tracing, path: string, module: object): () => void {
  const { forward } = module as { forward?: (...inputs: unknown[]) => unknown };
  if (path === '' || typeof forward !== 'function') return () => undefined;
  const own = Object.getOwnPropertyDescriptor(module, 'forward');
  const value = (...inputs: unknown[]) =>
    run.inside(path, module.constructor.name, () => forward.apply(module, inputs));
  Object.defineProperty(module, 'forward', { value, configurable: true, writable: true, enumerable: false });
  return () => {
    if (own === undefined) Reflect.deleteProperty(module, 'forward');
    else Object.defineProperty(module, 'forward', own);
  };
}
