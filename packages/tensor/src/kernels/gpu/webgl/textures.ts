/** Arrays in textures: how one lies there, the sizes of textures, and how they are made. */
import { DeviceError } from '../../../errors.js';
import type { GpuBuffer, MachineMemory } from '../machine.js';
import { outOfMemory, Pool } from '../pool.js';
import type { Gl, GlFramebuffer, GlTexture } from './gl.js';

/** A texture with one float32 per cell, and what lets shaders write to it. */
interface Sheet {
  readonly texture: GlTexture;
  readonly framebuffer: GlFramebuffer;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** An array in a texture: row by row, from the first cell on. What stands behind its end is arbitrary. */
export class TextureBuffer implements GpuBuffer {
  constructor(
    readonly length: number,
    readonly sheet: Sheet,
  ) {}

  get bytes(): number {
    return this.sheet.bytes;
  }

  /** How many rows have elements of the array in them. */
  get rows(): number {
    return Math.ceil(this.length / this.sheet.width);
  }
}

/** The next of the sizes 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, ...: at most a quarter more than n. */
function sizeClass(n: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(n)) - 2);
  return Math.ceil(n / step) * step;
}

/** The textures of a context: one row or several whole ones, so that those of as many bytes have the same sides. */
export class Textures {
  readonly #gl: Gl;
  readonly #largest: number;
  readonly #pool = new Pool<Sheet>((sheet) => this.#delete(sheet));

  /** Element i of an array is in column i mod 2^rowBits of row i / 2^rowBits. */
  readonly rowBits: number;

  constructor(gl: Gl) {
    this.#gl = gl;
    this.#largest = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
    this.rowBits = Math.floor(Math.log2(this.#largest));
  }

  memory(): MachineMemory {
    return this.#pool.memory();
  }

  /** Room for an array, with arbitrary contents. @throws DeviceError if there is not as much. */
  acquire(length: number): TextureBuffer {
    const row = 2 ** this.rowBits;
    const width = Math.min(row, 2 ** Math.ceil(Math.log2(Math.max(length, 1))));
    const height = Math.min(sizeClass(Math.ceil(length / width) || 1), this.#largest);
    if (length > width * height) {
      throw new DeviceError(
        'gpu',
        `an array of ${length} elements is too large for a texture of ${width} x ${this.#largest}. Split it, or use WebGPU`,
      );
    }
    return new TextureBuffer(
      length,
      this.#pool.take(4 * width * height, () => this.#make(width, height)),
    );
  }

  release({ sheet }: TextureBuffer): void {
    this.#pool.give(sheet);
  }

  /** Deletes free textures while there are too many of them. */
  trim(): void {
    this.#pool.trim();
  }

  #make(width: number, height: number): Sheet {
    const sheet = this.#tryToMake(width, height);
    if (sheet !== undefined) return sheet;
    this.#pool.clear();
    const second = this.#tryToMake(width, height);
    if (second !== undefined) return second;
    throw outOfMemory(4 * width * height, this.memory());
  }

  #tryToMake(width: number, height: number): Sheet | undefined {
    const gl = this.#gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    // A float texture is incomplete, and reads as 0, under any other filter.
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, width, height);
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    const sheet = { texture, framebuffer, width, height, bytes: 4 * width * height };
    if (gl.getError() !== gl.OUT_OF_MEMORY) return sheet;
    this.#delete(sheet);
    return undefined;
  }

  #delete(sheet: Sheet): void {
    this.#gl.deleteFramebuffer(sheet.framebuffer);
    this.#gl.deleteTexture(sheet.texture);
  }
}
