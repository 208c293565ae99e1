/** Reading textures. */
import { DeviceError } from '../../../errors.js';
import type { Gl, GlFence } from './gl.js';
import type { TextureBuffer } from './textures.js';

/** The elements of an array, once all that was queued before is done. */
export type ReadBack = (gl: Gl, buffer: TextureBuffer) => Promise<Float32Array>;

/** How often the fence is asked with no pause but other tasks': small results are there by then. */
const EAGER_TURNS = 50;

/** @throws DeviceError once the context is lost. */
export function checkContext(gl: Gl): void {
  if (!gl.isContextLost()) return;
  throw new DeviceError(
    'gpu',
    'the WebGL context was lost, and all values in it. Call useGpu() for a new one',
  );
}

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

async function pass(gl: Gl, fence: GlFence): Promise<void> {
  for (let turns = 0; gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED; turns++) {
    await turn(turns < EAGER_TURNS);
  }
  checkContext(gl);
}

interface Cells {
  readonly format: number;
  /** Numbers per cell: the driver may hand out single ones; WebGL promises no less than all four channels. */
  readonly channels: 1 | 4;
  /** Room for the rows of the array. */
  readonly values: Float32Array;
}

function cellsOf(gl: Gl, { rows, sheet }: TextureBuffer): Cells {
  gl.bindFramebuffer(gl.FRAMEBUFFER, sheet.framebuffer);
  const isTight =
    gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_FORMAT) === gl.RED &&
    gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_TYPE) === gl.FLOAT;
  const channels = isTight ? 1 : 4;
  const values = new Float32Array(rows * sheet.width * channels);
  return { format: isTight ? gl.RED : gl.RGBA, channels, values };
}

const firstOf = ({ channels, values }: Cells, length: number): Float32Array =>
  channels === 1 ? values.subarray(0, length) : Float32Array.from({ length }, (_, i) => values[4 * i]);

/** Blocks the thread: for contexts without buffers of pixels. */
export const readNow: ReadBack = async (gl, buffer) => {
  const cells = cellsOf(gl, buffer);
  gl.readPixels(0, 0, buffer.sheet.width, buffer.rows, cells.format, gl.FLOAT, cells.values);
  return firstOf(cells, buffer.length);
};

/** By way of a buffer of the driver; a fence tells when the values are there. */
export const readLater: ReadBack = async (gl, buffer) => {
  const cells = cellsOf(gl, buffer);
  const pixels = gl.createBuffer();
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, pixels);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, cells.values.byteLength, gl.STREAM_READ);
  gl.readPixels(0, 0, buffer.sheet.width, buffer.rows, cells.format, gl.FLOAT, 0);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  try {
    await pass(gl, fence);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, pixels);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, cells.values);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  } finally {
    gl.deleteSync(fence);
    gl.deleteBuffer(pixels);
  }
  return firstOf(cells, buffer.length);
};
