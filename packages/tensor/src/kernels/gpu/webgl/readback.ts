/** Reading textures. */
import type { Gl, GlFence } from './gl.js';
import type { TextureBuffer } from './textures.js';

/** How often the fence is asked with no pause but other tasks': small results are there by then. */
const EAGER_TURNS = 50;

/** Lets other tasks run: a fence passes between tasks only. */
function turn(isEager: boolean): Promise<void> {
  if (!isEager) return new Promise((resolve) => setTimeout(resolve, 1));
  // Timers of pages wait for 4 ms and more.
  const { port1, port2 } = new MessageChannel() as unknown as Record<'port1' | 'port2', Port>;
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** As in pages: the types are Node's. */
interface Port {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
  close(): void;
}

/** Returns once the fence has passed, or never will because the context is lost. */
async function pass(gl: Gl, fence: GlFence): Promise<void> {
  for (let turns = 0; gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED; turns++) {
    await turn(turns < EAGER_TURNS);
  }
}

/** How the driver hands out the cells of our textures: as single numbers or, what WebGL promises, as four channels. */
export interface CellFormat {
  readonly format: number;
  readonly channels: 1 | 4;
}

/** Asked of the framebuffer that is bound; it is the same for all of a context, as all have single floats. */
export function cellFormat(gl: Gl): CellFormat {
  const isTight =
    gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_FORMAT) === gl.RED &&
    gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_TYPE) === gl.FLOAT;
  return isTight ? { format: gl.RED, channels: 1 } : { format: gl.RGBA, channels: 4 };
}

/**
 * The elements of the array in the framebuffer that is bound, once all that was queued before is done. They are arbitrary if the
 * context is lost by then.
 */
export type ReadBack = (gl: Gl, buffer: TextureBuffer, cells: CellFormat) => Promise<Float32Array>;

const roomFor = ({ rows, sheet }: TextureBuffer, { channels }: CellFormat) =>
  new Float32Array(rows * sheet.width * channels);

const firstOf = (cells: Float32Array, channels: 1 | 4, length: number): Float32Array =>
  channels === 1 ? cells.slice(0, length) : Float32Array.from({ length }, (_, i) => cells[channels * i]);

/** Blocks the thread: for contexts without buffers of pixels. */
export const readNow: ReadBack = async (gl, buffer, { format, channels }) => {
  const cells = roomFor(buffer, { format, channels });
  gl.readPixels(0, 0, buffer.sheet.width, buffer.rows, format, gl.FLOAT, cells);
  return firstOf(cells, channels, buffer.length);
};

/** By way of a buffer of the driver; a fence tells when the values are there. */
export const readLater: ReadBack = async (gl, buffer, { format, channels }) => {
  const cells = roomFor(buffer, { format, channels });
  const pixels = gl.createBuffer();
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, pixels);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, cells.byteLength, gl.STREAM_READ);
  gl.readPixels(0, 0, buffer.sheet.width, buffer.rows, format, gl.FLOAT, 0);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  try {
    await pass(gl, fence);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, pixels);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, cells);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  } finally {
    gl.deleteSync(fence);
    gl.deleteBuffer(pixels);
  }
  return firstOf(cells, channels, buffer.length);
};
