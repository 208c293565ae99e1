/** The memory of tensors on the GPU: given back by hand, by scopes and by the garbage collector. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  DeviceError,
  fromTypedArray,
  gpuMemory,
  keep,
  scope,
  tensor,
  zeros,
} from '../../src/index.js';
import { onGpu } from './adapter.js';

const GPU = { device: 'gpu' } as const;

/** How many buffers `f` leaves in use, the second time: plain numbers that it uses are kept after the first. */
function left(f: () => void): number {
  f();
  const before = gpuMemory().buffers;
  f();
  return gpuMemory().buffers - before;
}

onGpu('dispose', () => {
  it('gives the memory back at once', () => {
    expect(left(() => zeros([1000], GPU).dispose())).toBe(0);
    expect(
      left(() => {
        zeros([1000], GPU);
      }),
    ).toBe(1);
  });

  it('leaves tensors alone that share the values', async () => {
    const x = tensor([1, 2, 3, 4], GPU);
    const y = x.reshape([2, 2]);
    x.dispose();
    expect((await y.cpu()).tolist()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    y.dispose();
    expect(left(() => tensor([1], GPU).reshape([1, 1]).dispose())).toBe(1);
  });

  it('happens at the end of a block to what is declared with `using`', () => {
    const block = () => tensor([1], GPU)[Symbol.dispose]();
    expect(left(block)).toBe(0);
  });
});

describe('a tensor that was disposed of', () => {
  it('says so when it is used, on the CPU too', () => {
    const x = tensor([[1, 2]]);
    x.dispose();
    x.dispose();
    expect(() => x.add(1)).toThrow(DeviceError);
    expect(() => x.add(1)).toThrow('Tensor: this tensor of shape [1, 2] was disposed of');
    expect(String(x)).toBe('tensor(..., disposed, size=(1, 2))');
  });
});

describe('scope', () => {
  it('disposes of what was made in it, but for what it returns', () => {
    const outside = tensor([1]);
    let inner = outside;
    const { sum, list } = scope(() => {
      inner = outside.add(1);
      return { sum: inner.add(1), list: [inner.mul(2)] };
    });
    expect(inner.isDisposed).toBe(true);
    expect([outside, sum, ...list].map((x) => x.tolist())).toEqual([[1], [3], [4]]);
  });

  it('hands what it returns to the scope around it', () => {
    const returned: { x?: ReturnType<typeof tensor> } = {};
    scope(() => {
      returned.x = scope(() => tensor([1]));
      expect(returned.x.isDisposed).toBe(false);
    });
    expect(returned.x?.isDisposed).toBe(true);
  });

  it('leaves alone what is kept', () => {
    const kept: ReturnType<typeof tensor>[] = [];
    scope(() => {
      kept.push(keep(tensor([1])));
    });
    expect(kept[0]?.tolist()).toEqual([1]);
  });

  it('disposes of everything if its function throws', () => {
    const made: ReturnType<typeof tensor>[] = [];
    expect(() =>
      scope(() => {
        made.push(tensor([1]));
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(made[0]?.isDisposed).toBe(true);
  });

  it('refuses functions that give promises', () => {
    expect(() => scope(async () => tensor([1]))).toThrow(ArgumentError);
  });
});

onGpu('work that is queued while a read is under way', () => {
  it('keeps the buffers that it refers to, though they are free by the time the read is done', async () => {
    const x = tensor([1, 2], GPU);
    const large = zeros([2 ** 22], GPU);
    const reading = x.data();
    const temporaries = Array.from({ length: 10 }, (_, i) => large.add(i));
    const result = large.slice([[0, 2]]).add(x);
    for (const each of [large, ...temporaries]) each.dispose();
    expect([...(await reading)]).toEqual([1, 2]);
    expect([...(await result.data())]).toEqual([1, 2]);
  });
});

onGpu('the garbage collector', () => {
  it('is told to run before tensors that nobody holds take more than a few hundred megabytes', async () => {
    const values = new Float32Array(2 ** 22);
    for (let i = 0; i < 30; i++) {
      const x = fromTypedArray(values, [values.length], GPU);
      await x.slice([[0, 1]]).data();
    }
    expect(gpuMemory().peakBytes).toBeLessThan(320 * 2 ** 20);
    expect(gpuMemory().reservedBytes).toBeLessThan(400 * 2 ** 20);
  });
});
