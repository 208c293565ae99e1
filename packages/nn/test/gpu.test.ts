/** Modules on the device `gpu`: how their values go there and come back. */
import { expect, it } from '@jest/globals';
import { manualSeed, randn, tensor } from '@lowrank/tensor';
import { onGpu } from '../../tensor/test/gpu/adapter.js';
import { Buffer, Linear, Module, mseLoss, Sequential } from '../src/index.js';

class Scaled extends Module {
  readonly inner = new Linear(3, 2);
  readonly scale = new Buffer(tensor([2]));

  forward(x: Parameters<Linear['forward']>[0]) {
    return this.inner.forward(x).mul(this.scale);
  }
}

onGpu('a module on the GPU', () => {
  it('comes back by cpu(), with its gradients, and what was frozen is frozen', async () => {
    manualSeed(1);
    const model = new Scaled();
    const x = randn([4, 3]);
    const before = model.forward(x).tolist();
    model.inner.bias!.requiresGrad = false;
    model.to('gpu');
    mseLoss(model.forward(x.to('gpu')), tensor([[0, 0]], { device: 'gpu' }).expand([4, 2])).backward();
    const gradient = await model.inner.weight.grad!.cpu();
    expect(() => model.to('cpu')).toThrow('Module.to: values come from the GPU only when they are awaited');

    expect(await model.cpu()).toBe(model);
    expect(model.forward(x).tolist()).toEqual(before);
    expect(model.inner.weight.grad!.tolist()).toEqual(gradient.tolist());
    expect([model.inner.weight.requiresGrad, model.inner.bias!.requiresGrad]).toEqual([true, false]);
    expect(await model.cpu()).toBe(model);
  });

  it('loads values from the CPU, as those of a file are', async () => {
    const [source, target] = [new Sequential(new Linear(3, 2)), new Sequential(new Linear(3, 2)).to('gpu')];
    target.loadStateDict(source.stateDict());
    const [weight] = target.parameters();
    expect(weight!.device).toBe('gpu');
    expect((await weight!.cpu()).tolist()).toEqual(source.parameters()[0]!.tolist());
  });

  it('is not loaded from into a module on the CPU, which would have to wait', () => {
    const [source, target] = [new Linear(3, 2).to('gpu'), new Linear(3, 2)];
    const before = target.weight.tolist();
    expect(() => target.loadStateDict(source.stateDict())).toThrow(
      "weight is on the GPU, the module's is on the CPU: read it with await value.cpu()",
    );
    expect(target.weight.tolist()).toEqual(before);
  });
});
