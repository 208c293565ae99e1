/** How a WebGL 2 context is had: from a page or its worker, or in Node from the npm package `gl`. */
import type { Gl } from './gl.js';

interface Canvas {
  getContext(kind: 'webgl2', options: object): Gl | null;
}

interface Globals {
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas;
  readonly document?: { createElement(name: 'canvas'): Canvas };
}

/** Nothing is ever drawn to be seen. */
const OPTIONS = { alpha: false, antialias: false, depth: false, powerPreference: 'high-performance' };

/** Pages and workers; the reason as a text where there is none. */
export function contextOfPage(): Gl | string {
  const { OffscreenCanvas, document } = globalThis as unknown as Globals;
  if (OffscreenCanvas === undefined && document === undefined) return 'there is no canvas here';
  const canvas =
    OffscreenCanvas === undefined
      ? (document as NonNullable<typeof document>).createElement('canvas')
      : new OffscreenCanvas(1, 1);
  return canvas.getContext('webgl2', OPTIONS) ?? 'this browser gives no WebGL 2 context';
}

/** The main export of the npm package `gl`. */
type CreateContext = (
  width: number,
  height: number,
  options: { readonly createWebGL2Context: true },
) => Gl | null;

/** By way of a variable, so that bundlers for browsers do not look for it. */
const HEADLESS_GL = 'gl';
const INSTALL = 'npm install gl@9.0.0-rc.10';

/** Node, if somebody has installed the npm package `gl`; the reason as a text otherwise. */
export async function contextOfNode(): Promise<Gl | string> {
  let createContext: CreateContext;
  try {
    const loaded: { readonly default: CreateContext } = await import(/* @vite-ignore */ HEADLESS_GL);
    createContext = loaded.default;
  } catch {
    return `the optional npm package gl is not installed (${INSTALL})`;
  }
  const gl = createContext(1, 1, { createWebGL2Context: true });
  if (gl === null) return 'the npm package gl found no display: run under xvfb-run, or set DISPLAY';
  if (typeof gl.texStorage2D !== 'function') {
    return `this version of the npm package gl has WebGL 1 only (${INSTALL})`;
  }
  return gl;
}
