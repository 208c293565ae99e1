/** The GPU by WebGL 2: gpu.js translates kernels to GLSL, and textures, programs and draws are ours. */
import { DeviceError } from '../../../errors.js';
import type {
  GpuBuffer,
  GpuKernel,
  GpuMachine,
  KernelCall,
  MachineInfo,
  MachineMemory,
  Technology,
} from '../machine.js';
import { contextOfNode, contextOfPage } from './context.js';
import type { Gl } from './gl.js';
import { Programs } from './programs.js';
import { type CellFormat, cellFormat, type ReadBack, readLater, readNow } from './readback.js';
import { type TextureBuffer, Textures } from './textures.js';
import type { GpuJs } from './translate.js';

/** Starts WebGL 2 in a page or a worker, or says why it is not to be had. */
export async function openWebGl2(gpuJs: GpuJs): Promise<GpuMachine | string> {
  return start('webgl2', contextOfPage(), gpuJs);
}

/** Starts WebGL 2 in Node, where the npm package `gl` is installed, or says why it is not to be had. */
export async function openHeadlessGl(gpuJs: GpuJs): Promise<GpuMachine | string> {
  return start('headless-gl', await contextOfNode(), gpuJs);
}

function start(technology: Technology, gl: Gl | string, gpuJs: GpuJs): GpuMachine | string {
  if (typeof gl === 'string') return gl;
  if (gl.getExtension('EXT_color_buffer_float') === null) {
    return 'the adapter cannot write to textures of floats (EXT_color_buffer_float)';
  }
  return new WebGlMachine(gl, describe(technology, gl), gpuJs);
}

function describe(technology: Technology, gl: Gl): MachineInfo {
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
  const limit = (name: 'MAX_TEXTURE_SIZE' | 'MAX_TEXTURE_IMAGE_UNITS') => ({
    [name]: gl.getParameter(gl[name]) as number,
  });
  return {
    technology,
    adapter: String(gl.getParameter(unmasked ?? gl.RENDERER)),
    description: `${gl.getParameter(gl.VERSION)}, ${gl.getParameter(gl.VENDOR)}`,
    limits: { ...limit('MAX_TEXTURE_SIZE'), ...limit('MAX_TEXTURE_IMAGE_UNITS') },
    features: [],
  };
}

const LOST = 'the WebGL context was lost';

class WebGlMachine implements GpuMachine {
  readonly lost: Promise<string>;
  readonly #textures: Textures;
  readonly #programs: Programs;
  readonly #readBack: ReadBack;
  #cells: CellFormat | undefined;
  #lose = () => {};

  constructor(
    private readonly gl: Gl,
    readonly info: MachineInfo,
    gpuJs: GpuJs,
  ) {
    this.#textures = new Textures(gl);
    this.#programs = new Programs(gl, gpuJs, this.#textures.rowBits);
    this.#readBack = info.technology === 'headless-gl' ? readNow : readLater;
    this.lost = new Promise((resolve) => {
      this.#lose = () => resolve(LOST);
      // Headless contexts have no canvas, and are never lost.
      gl.canvas?.addEventListener?.('webglcontextlost', this.#lose);
    });
  }

  upload(values: Float32Array): GpuBuffer {
    const { gl } = this;
    const buffer = this.#textures.acquire(values.length);
    const { width, texture } = buffer.sheet;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    const write = (row: number, columns: number, rows: number, source: Float32Array) => {
      if (source.length > 0)
        gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, row, columns, rows, gl.RED, gl.FLOAT, source);
    };
    const wholeRows = Math.floor(values.length / width);
    const rest = values.length - wholeRows * width;
    write(0, width, wholeRows, values.subarray(0, wholeRows * width));
    write(wholeRows, rest, 1, values.subarray(wholeRows * width));
    return buffer;
  }

  run(kernel: GpuKernel, { inputs, scalars, length }: KernelCall): GpuBuffer {
    const { gl } = this;
    const { program, length: lengthUniform, scalars: uniforms } = this.#programs.get(kernel);
    const output = this.#textures.acquire(length);
    gl.useProgram(program);
    gl.uniform1i(lengthUniform, length);
    kernel.scalars.forEach(({ type }, i) => {
      if (type === 'int') gl.uniform1i(uniforms[i], scalars[i]);
      else gl.uniform1f(uniforms[i], scalars[i]);
    });
    inputs.forEach((input, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, (input as TextureBuffer).sheet.texture);
    });
    gl.bindFramebuffer(gl.FRAMEBUFFER, output.sheet.framebuffer);
    gl.viewport(0, 0, output.sheet.width, output.rows);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    return output;
  }

  async read(buffer: GpuBuffer): Promise<Float32Array> {
    const { gl } = this;
    this.#checkContext();
    gl.bindFramebuffer(gl.FRAMEBUFFER, (buffer as TextureBuffer).sheet.framebuffer);
    this.#cells ??= cellFormat(gl);
    const values = await this.#readBack(gl, buffer as TextureBuffer, this.#cells);
    this.#checkContext();
    this.#textures.trim();
    return values;
  }

  free(buffer: GpuBuffer): void {
    this.#textures.release(buffer as TextureBuffer);
  }

  memory(): MachineMemory {
    return this.#textures.memory();
  }

  destroy(): void {
    const { gl } = this;
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    gl.getExtension('STACKGL_destroy_context')?.destroy();
  }

  /** @throws DeviceError once the context is lost: the browser tells `lost` somewhat later. */
  #checkContext(): void {
    if (!this.gl.isContextLost()) return;
    this.#lose();
    throw new DeviceError('gpu', `${LOST}, and all values in it. Call useGpu() for a new one`);
  }
}
