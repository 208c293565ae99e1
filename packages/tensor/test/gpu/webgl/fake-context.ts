/** A WebGL 2 context that computes nothing, notes what is asked of it, and fails on demand. */
import type { Gl } from '../../../src/kernels/gpu/webgl/gl.js';

/** A call of the context: its name, then its arguments. */
export type Call = readonly [name: string, ...args: unknown[]];

export interface FakeContext {
  readonly gl: Gl;
  readonly calls: readonly Call[];
  /** The arguments of all calls of this name. */
  callsOf(name: string): unknown[][];
}

const isConstant = (name: string): boolean => name === name.toUpperCase();

/** What a context answers to the questions of the machine when all is well. Constants are their own names. */
const WELL: Readonly<Record<string, (...args: never[]) => unknown>> = {
  getError: () => 'NO_ERROR',
  isContextLost: () => false,
  getExtension: (name: string) => (name === 'EXT_color_buffer_float' ? {} : null),
  getProgramParameter: () => true,
  getUniformLocation: (_: object, name: string) => name,
  clientWaitSync: () => 'CONDITION_SATISFIED',
  getParameter: (name: string) =>
    ({
      MAX_TEXTURE_SIZE: 16,
      IMPLEMENTATION_COLOR_READ_FORMAT: 'RED',
      IMPLEMENTATION_COLOR_READ_TYPE: 'FLOAT',
    })[name] ?? name,
};

/** @param answers What it answers otherwise than when all is well. */
export function fakeContext(
  answers: Readonly<Record<string, (...args: never[]) => unknown>> = {},
): FakeContext {
  const calls: Call[] = [];
  let handles = 0;
  const methods: Readonly<Record<string, (...args: never[]) => unknown>> = { ...WELL, ...answers };
  const gl = new Proxy({} as Gl, {
    get(_, name: string) {
      if (name === 'canvas') return answers.canvas?.();
      if (isConstant(name)) return name === 'TEXTURE0' ? 0 : name;
      return (...args: never[]) => {
        calls.push([name, ...args]);
        if (methods[name]) return methods[name](...args);
        return name.startsWith('create') ? `${name.slice('create'.length)} ${++handles}` : undefined;
      };
    },
  });
  return {
    gl,
    calls,
    callsOf: (name) => calls.filter(([called]) => called === name).map(([, ...args]) => args),
  };
}
