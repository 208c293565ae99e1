/** Errors that come out of a module's `forward` name the module: `ShapeError: ... (in layers.2.conv)`. */
import { LowrankError } from '@lowrank/tensor';
import type { Module } from './module.js';

/** An error on its way out of the modules that were running. */
interface Trail {
  /** The message as it was thrown. */
  readonly message: string;
  /** The module that it came out of last. */
  readonly module: Module;
  /** The path from there to the module that threw it. */
  readonly path: string;
}

const trails = new WeakMap<LowrankError, Trail>();

/** Prototypes whose `forward` reports errors. */
const reporting = new WeakSet<object>();

/**
 * Lets the `forward` of a class of modules, and those that it inherits, report what they throw. Modules call each other's
 * `forward` themselves, so there is no other place to learn which of them are running. Nothing is noted unless an error
 * passes: a call costs one more function call, and a class is looked at once.
 */
export function reportErrors(prototype: object): void {
  let at: object | null = prototype;
  while (at !== null && !reporting.has(at)) {
    reporting.add(at);
    const method = Object.getOwnPropertyDescriptor(at, 'forward');
    if (method?.configurable && typeof method.value === 'function') {
      Object.defineProperty(at, 'forward', { ...method, value: reported(method.value) });
    }
    at = Object.getPrototypeOf(at);
  }
}

function reported(method: (...inputs: unknown[]) => unknown) {
  return function forward(this: Module, ...inputs: unknown[]): unknown {
    try {
      return method.apply(this, inputs);
    } catch (error) {
      if (error instanceof LowrankError) passOut(error, this);
      throw error;
    }
  };
}

/** Notes that the error comes out of a module, and lets its message tell the path from there. */
function passOut(error: LowrankError, module: Module): void {
  const { message, module: inner, path } = trails.get(error) ?? { message: error.message, module, path: '' };
  const whole = [pathTo(inner, module), path].filter((part) => part !== '').join('.');
  trails.set(error, { message, module, path: whole });
  if (whole === path) return;
  // The stack of V8 begins with the message; it may be written down only when it is first read, which is now.
  const { message: before, stack } = error;
  error.message = `${message} (in ${whole})`;
  if (stack !== undefined) error.stack = stack.replace(before, () => error.message);
}

/** The path of a module within another; empty if it stands in none of its fields. */
function pathTo(inner: Module, outer: Module): string {
  for (const [path, module] of outer.namedModules()) if (module === inner) return path;
  return '';
}
