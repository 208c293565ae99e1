/** The part of WebGL 2 that the machine uses, which browsers and the npm package `gl` provide alike. */

declare const kind: unique symbol;

/** What WebGL hands out and takes back: only the context knows what is in it. */
interface Handle<Kind extends string> {
  readonly [kind]: Kind;
}

export type GlTexture = Handle<'texture'>;
export type GlFramebuffer = Handle<'framebuffer'>;
export type GlShader = Handle<'shader'>;
export type GlProgram = Handle<'program'>;
export type GlUniform = Handle<'uniform'>;
export type GlPixelBuffer = Handle<'pixel buffer'>;
export type GlFence = Handle<'fence'>;

/** The numbers by which WebGL names what its calls are about. */
type Constant =
  | 'COLOR_ATTACHMENT0'
  | 'FLOAT'
  | 'FRAGMENT_SHADER'
  | 'FRAMEBUFFER'
  | 'IMPLEMENTATION_COLOR_READ_FORMAT'
  | 'IMPLEMENTATION_COLOR_READ_TYPE'
  | 'LINK_STATUS'
  | 'MAX_TEXTURE_IMAGE_UNITS'
  | 'MAX_TEXTURE_SIZE'
  | 'NEAREST'
  | 'OUT_OF_MEMORY'
  | 'PIXEL_PACK_BUFFER'
  | 'R32F'
  | 'RED'
  | 'RENDERER'
  | 'RGBA'
  | 'STREAM_READ'
  | 'SYNC_GPU_COMMANDS_COMPLETE'
  | 'TEXTURE0'
  | 'TEXTURE_2D'
  | 'TEXTURE_MAG_FILTER'
  | 'TEXTURE_MIN_FILTER'
  | 'TIMEOUT_EXPIRED'
  | 'TRIANGLES'
  | 'VENDOR'
  | 'VERSION'
  | 'VERTEX_SHADER';

export interface Gl extends Readonly<Record<Constant, number>> {
  /** Not of headless contexts. */
  readonly canvas?: { addEventListener?(name: 'webglcontextlost', listener: () => void): void };
  getExtension(name: 'EXT_color_buffer_float'): object | null;
  getExtension(name: 'WEBGL_debug_renderer_info'): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getExtension(name: 'WEBGL_lose_context'): { loseContext(): void } | null;
  /** Of the npm package `gl`. */
  getExtension(name: 'STACKGL_destroy_context'): { destroy(): void } | null;
  getParameter(name: number): unknown;
  getError(): number;
  isContextLost(): boolean;
  flush(): void;

  createShader(type: number): GlShader;
  shaderSource(shader: GlShader, source: string): void;
  compileShader(shader: GlShader): void;
  getShaderInfoLog(shader: GlShader): string | null;
  createProgram(): GlProgram;
  attachShader(program: GlProgram, shader: GlShader): void;
  linkProgram(program: GlProgram): void;
  getProgramParameter(program: GlProgram, name: number): unknown;
  getProgramInfoLog(program: GlProgram): string | null;
  useProgram(program: GlProgram): void;
  getUniformLocation(program: GlProgram, name: string): GlUniform | null;
  uniform1f(location: GlUniform | null, value: number): void;
  uniform1i(location: GlUniform | null, value: number): void;

  createTexture(): GlTexture;
  deleteTexture(texture: GlTexture): void;
  activeTexture(unit: number): void;
  bindTexture(target: number, texture: GlTexture | null): void;
  texParameteri(target: number, name: number, value: number): void;
  texStorage2D(target: number, levels: number, format: number, width: number, height: number): void;
  texSubImage2D(
    target: number,
    level: number,
    x: number,
    y: number,
    width: number,
    height: number,
    format: number,
    type: number,
    source: Float32Array,
  ): void;

  createFramebuffer(): GlFramebuffer;
  deleteFramebuffer(framebuffer: GlFramebuffer): void;
  bindFramebuffer(target: number, framebuffer: GlFramebuffer): void;
  framebufferTexture2D(
    target: number,
    attachment: number,
    textureTarget: number,
    texture: GlTexture,
    level: number,
  ): void;
  viewport(x: number, y: number, width: number, height: number): void;
  drawArrays(mode: number, first: number, count: number): void;

  createBuffer(): GlPixelBuffer;
  deleteBuffer(buffer: GlPixelBuffer): void;
  bindBuffer(target: number, buffer: GlPixelBuffer | null): void;
  bufferData(target: number, bytes: number, usage: number): void;
  /** Into an array, or, where a pixel buffer is bound, into that from an offset on. */
  readPixels(
    x: number,
    y: number,
    width: number,
    height: number,
    format: number,
    type: number,
    into: Float32Array | number,
  ): void;
  getBufferSubData(target: number, offset: number, into: Float32Array): void;
  fenceSync(condition: number, flags: number): GlFence;
  clientWaitSync(fence: GlFence, flags: number, nanoseconds: number): number;
  deleteSync(fence: GlFence): void;
}
