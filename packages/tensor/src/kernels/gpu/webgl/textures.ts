/** Arrays in textures: how one lies there, and a pool of textures by size class. */
import { DeviceError } from '../../../errors.js';
import type { GpuBuffer } from '../machine.js';
import type { Gl, GlFramebuffer, GlTexture } from './gl.js';

/** A texture with one float32 per cell, and what lets shaders write to it. */
interface Sheet {
  readonly texture: GlTexture;
  readonly framebuffer: GlFramebuffer;
  readonly width: number;
  readonly height: number;
}

/** An array in a texture: row by row, from the first cell on. What stands behind its end is arbitrary. */
export class TextureBuffer implements GpuBuffer {
  constructor(
    readonly length: number,
    readonly sheet: Sheet,
  ) {}

  get bytes(): number {
    return bytesOf(this.sheet);
  }

  /** How many rows have elements of the array in them. */
  get rows(): number {
    return Math.ceil(this.length / this.sheet.width);
  }
}

const bytesOf = ({ width, height }: Pick<Sheet, 'width' | 'height'>): number => 4 * width * height;

/** Textures that wait are kept up to this many bytes, or as many as are in use, if these are more. */
const ALWAYS_KEPT = 128 * 2 ** 20;

/** The next of the sizes 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, ...: at most a quarter more than n. */
function sizeClass(n: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(n)) - 2);
  return Math.ceil(n / step) * step;
}

/**
 * The textures of a context. Those that are given back wait for the next array of their size: to make and to delete
 * textures takes longer than most kernels.
 */
export class Textures {
  readonly #gl: Gl;
  readonly #largest: number;
  readonly #free = new Map<string, Sheet[]>();
  #reservedBytes = 0;
  #freeBytes = 0;

  /** Element i of an array is in column i mod 2^rowBits of row i / 2^rowBits. */
  readonly rowBits: number;

  constructor(gl: Gl) {
    this.#gl = gl;
    this.#largest = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
    this.rowBits = Math.floor(Math.log2(this.#largest));
  }

  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  get pooled(): number {
    let pooled = 0;
    for (const sheets of this.#free.values()) pooled += sheets.length;
    return pooled;
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
    const recycled = this.#free.get(`${width}x${height}`)?.pop();
    if (recycled !== undefined) this.#freeBytes -= bytesOf(recycled);
    return new TextureBuffer(length, recycled ?? this.#make(width, height));
  }

  release({ sheet }: TextureBuffer): void {
    this.#freeBytes += bytesOf(sheet);
    const key = `${sheet.width}x${sheet.height}`;
    const sheets = this.#free.get(key);
    if (sheets === undefined) this.#free.set(key, [sheet]);
    else sheets.push(sheet);
  }

  /** Deletes textures that wait while there are too many of them. */
  trim(): void {
    this.#deleteFree(Math.max(ALWAYS_KEPT, this.#reservedBytes - this.#freeBytes));
  }

  /** Deletes textures that wait until those that are left have no more than so many bytes. */
  #deleteFree(kept: number): void {
    for (const sheets of this.#free.values()) {
      while (this.#freeBytes > kept && sheets.length > 0) {
        const sheet = sheets.pop() as Sheet;
        this.#freeBytes -= bytesOf(sheet);
        this.#delete(sheet);
      }
    }
  }

  #make(width: number, height: number): Sheet {
    const sheet = this.#tryToMake(width, height);
    if (sheet !== undefined) return sheet;
    this.#deleteFree(0);
    const second = this.#tryToMake(width, height);
    if (second !== undefined) return second;
    const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
    throw new DeviceError(
      'gpu',
      `out of memory: no room for ${mebibytes(bytesOf({ width, height }))} beside ${mebibytes(this.#reservedBytes)}. ` +
        'Use smaller batches, or dispose of tensors earlier',
    );
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
    const sheet = { texture, framebuffer, width, height };
    this.#reservedBytes += bytesOf(sheet);
    if (gl.getError() !== gl.OUT_OF_MEMORY) return sheet;
    this.#delete(sheet);
    return undefined;
  }

  #delete(sheet: Sheet): void {
    this.#gl.deleteFramebuffer(sheet.framebuffer);
    this.#gl.deleteTexture(sheet.texture);
    this.#reservedBytes -= bytesOf(sheet);
  }
}
