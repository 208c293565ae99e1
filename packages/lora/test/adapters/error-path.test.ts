/** Shape errors inside of adapted models name the layer by its path in the model. */
import { expect, it } from '@jest/globals';
import { addAdapter, Lora, mergeAndUnload } from '@lowrank/lora';
import { Linear, ReLU, registerParametrization, Sequential } from '@lowrank/nn';
import { ones } from '@lowrank/tensor';

const model = () => new Sequential(new ReLU(), new Sequential(new Linear(4, 4), new ReLU()));
const wrong = ones([2, 3]);

it('an adapted layer is named with its base layer, as in the names of its parameters', () => {
  const adapted = model();
  addAdapter(adapted, { r: 2, targetModules: ['1.0'] });
  expect([...adapted.namedParameters()].map(([path]) => path)).toContain('1.0.base_layer.weight');
  expect(() => adapted.forward(wrong)).toThrow(/^Linear: .* \(in 1\.0\.base_layer\)$/);
  mergeAndUnload(adapted);
  expect(() => adapted.forward(wrong)).toThrow(/^Linear: .* \(in 1\.0\)$/);
});

it('what an adapter computes is named with the layer that it adapts', () => {
  const adapted = model();
  addAdapter(adapted, { r: 2, targetModules: ['1.0'] });
  const factors = adapted.modules().find((module) => 'lora_A' in module) as unknown as {
    readonly lora_A: { set(name: string, factor: Linear): void };
  };
  factors.lora_A.set('default', new Linear(3, 2, { bias: false }));
  expect(() => adapted.forward(ones([2, 4]))).toThrow(/^linear: .* \(in 1\.0\)$/);
});

it('a parametrized layer is named like any other', () => {
  const layer = registerParametrization(new Linear(4, 4), 'weight', new Lora([4, 4]));
  expect(() => new Sequential(new ReLU(), layer).forward(wrong)).toThrow(/ \(in 1\)$/);
});
