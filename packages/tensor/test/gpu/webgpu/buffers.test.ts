/** Buffers over a device that computes nothing: what is used again, and what is said when there is no room. */
import { describe, expect, it } from '@jest/globals';
import type { GpuDevice, WebGpuBuffer } from '../../../src/kernels/gpu/webgpu/api.js';
import { Buffers, sizeClass } from '../../../src/kernels/gpu/webgpu/buffers.js';

/** Buffers of a device that has room for so many bytes. */
function buffersOf(room: number) {
  const outcomes: Promise<Error | undefined>[] = [];
  const destroyed: WebGpuBuffer[] = [];
  let left = room;
  let error: object | null = null;
  const createBuffer = ({ size }: { size: number }) => {
    left -= size;
    error = left < 0 ? { message: 'out of memory' } : null;
    const made = { size, destroy: () => destroyed.push(made) } as unknown as WebGpuBuffer;
    return made;
  };
  const device = {
    limits: { maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 2 ** 28 },
    pushErrorScope: () => undefined,
    popErrorScope: async () => error,
    createBuffer,
  } as unknown as GpuDevice;
  return { buffers: new Buffers(device, (outcome) => outcomes.push(outcome)), outcomes, destroyed };
}

describe('the buffers of a WebGPU device', () => {
  it('are used again for tensors of a similar size', () => {
    const { buffers } = buffersOf(2 ** 30);
    const { buffer, isNew } = buffers.take(1000);
    expect(isNew).toBe(true);
    buffers.give(buffer);
    expect(buffers.memory()).toEqual({ reservedBytes: 4096, pooledBuffers: 1 });
    const next = buffers.take(1001);
    expect(next.isNew).toBe(false);
    expect(next.buffer.raw).toBe(buffer.raw);
    expect(next.buffer.length).toBe(1001);
  });

  it('are destroyed when there are too many free ones, or when all free ones are to go', () => {
    const { buffers, destroyed } = buffersOf(2 ** 30);
    const taken = Array.from({ length: 5 }, () => buffers.take(2 ** 24).buffer);
    taken.map((buffer) => buffers.give(buffer));
    buffers.trim();
    expect(destroyed).toHaveLength(3);
    buffers.clear();
    expect(destroyed).toHaveLength(5);
    expect(buffers.memory()).toEqual({ reservedBytes: 0, pooledBuffers: 0 });
  });

  it('refuse what is larger than a buffer may be', () => {
    const { buffers } = buffersOf(2 ** 30);
    expect(() => buffers.take(2 ** 27)).toThrow(
      'gpu: a tensor of 536870912 bytes is more than this GPU holds in one buffer (268435456)',
    );
  });

  it('say that the memory is short, and do not use again what there was no room for', async () => {
    const { buffers, outcomes } = buffersOf(3 * 2 ** 20);
    buffers.take(2 ** 19);
    expect(await outcomes.pop()).toBeUndefined();
    const { buffer } = buffers.take(2 ** 19);
    expect((await outcomes.pop())?.message).toBe(
      'gpu: out of memory: no room for 2 MiB beside 2 MiB. Use smaller batches, or dispose of tensors earlier',
    );
    buffers.give(buffer);
    expect(buffers.memory()).toEqual({ reservedBytes: 2 ** 21, pooledBuffers: 0 });
    const early = buffers.take(2 ** 19);
    expect(early.isNew).toBe(true);
    buffers.give(early.buffer);
    expect(await outcomes.pop()).toBeInstanceOf(Error);
    expect(buffers.take(2 ** 19).isNew).toBe(true);
  });
});

describe('the sizes of buffers', () => {
  it('leave less than a fifth of a buffer idle, in multiples of 256 bytes', () => {
    for (const bytes of [257, 1000, 1025, 5000, 123_457, 10_000_001]) {
      const size = sizeClass(bytes);
      expect(size % 256).toBe(0);
      expect(size).toBeGreaterThanOrEqual(bytes);
      if (bytes > 2048) expect((size - bytes) / size).toBeLessThan(0.2);
    }
  });
});
