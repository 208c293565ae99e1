/** What a backward pass on the GPU gives back, and what it leaves alone because somebody may hold it. */
import { expect, it } from '@jest/globals';
import { gpuMemory, scope, type Tensor, tensor } from '@lowrank/tensor';
import { onGpu } from '../../tensor/test/gpu/adapter.js';
import { defineFunction, gradientOf } from '../src/index.js';

const leaf = () => tensor([1, 2, 3], { device: 'gpu', requiresGrad: true });

/** How many buffers `f` leaves in use, the second time: plain numbers that it uses are kept after the first. */
function left(f: () => void): number {
  f();
  const before = gpuMemory().buffers;
  f();
  return gpuMemory().buffers - before;
}

onGpu('a backward pass on the GPU', () => {
  it('leaves nothing behind but the gradients of leaves', () => {
    const x = leaf();
    const loss = x.mul(2).exp().add(x.square()).sum();
    const pass = () => {
      x.grad = null;
      loss.backward(undefined, { retainGraph: true });
    };
    // The 1 that it begins with waits for the garbage collector.
    expect(left(pass)).toBe(1);
    expect(gradientOf(x)?.isDisposed).toBe(false);
  });

  it('leaves values of the forward pass as they are', async () => {
    const x = leaf();
    const logits = x.mul(2);
    logits.square().sum().backward();
    expect(await logits.data()).toEqual(Float32Array.of(2, 4, 6));
    expect(await x.grad?.data()).toEqual(Float32Array.of(8, 16, 24));
  });

  it('leaves gradients alone that somebody has seen', async () => {
    const x = leaf();
    const seen: Tensor[] = [];
    const twice = defineFunction({
      name: 'twice',
      forward: ([y]) => y.mul(2),
      backward: (g) => {
        seen.push(g);
        return g.mul(2);
      },
    });
    const y = x.mul(3);
    y.registerHook((g) => void seen.push(g));
    twice([y]).square().sum().backward();
    seen.push(x.grad as Tensor);
    x.grad = null;
    expect(await Promise.all(seen.map(async (g) => [...(await g.data())]))).toEqual([
      [12, 24, 36],
      [24, 48, 72],
      [72, 144, 216],
    ]);
  });

  it('adds to gradients, and keeps them when a scope ends', async () => {
    const x = leaf();
    for (let i = 0; i < 2; i++) scope(() => x.square().sum().backward());
    expect(await x.grad?.data()).toEqual(Float32Array.of(4, 8, 12));
  });
});
