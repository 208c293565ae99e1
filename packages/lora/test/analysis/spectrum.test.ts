/** The singular values of updates, against those of B A itself. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Conv2d, Embedding, Linear, registerParametrization, Sequential } from '@lowrank/nn';
import {
  ArgumentError,
  arange,
  Generator,
  manualSeed,
  matmul,
  randn,
  svd,
  type Tensor,
} from '@lowrank/tensor';
import type { AdaptedLayer } from '../../src/adapters/adapted-layer.js';
import { addAdapter, scaleAdapter } from '../../src/adapters/life.js';
import { factorsOf } from '../../src/adapters/parts.js';
import { effectiveRank, spectrum } from '../../src/analysis/spectrum.js';
import type { LoraConfig } from '../../src/config.js';
import { Lora } from '../../src/lora.js';
import { expectError } from '../close.js';

beforeEach(() => {
  manualSeed(42);
});

const layers = {
  Linear: () => new Linear(7, 5),
  Conv2d: () => new Conv2d(2, 5, 3),
  'Conv2d with groups': () => new Conv2d(4, 6, 2, { groups: 2 }),
  Embedding: () => new Embedding(9, 5),
};

/** A model of one layer with an adapter, whose factors are no longer what they were at first. */
function trained(kind: keyof typeof layers, config: Partial<LoraConfig> = {}) {
  const model = new Sequential(layers[kind]());
  addAdapter(model, { r: 2, alpha: 6, targetModules: ['0'], ...config });
  const layer = [...model.namedChildren()][0]![1] as AdaptedLayer;
  const { A, B } = factorsOf(layer.parts('default'));
  A.assign(A.add(randn(A.shape)));
  B.assign(B.add(randn(B.shape)));
  return { model, layer };
}

/** The singular values of an update that was formed. */
const valuesOf = (update: Tensor, count: number) =>
  Array.from(svd(update.detach()).S.dataSync()).slice(0, count);

function expectValues(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [k, value] of actual.entries()) expect(value).toBeCloseTo(expected[k] as number, 4);
}

describe('spectrum', () => {
  it('gives what torch.linalg.svdvals(1.5 * B @ A) gives', () => {
    const model = new Sequential(new Linear(5, 6));
    addAdapter(model, { r: 2, alpha: 3, targetModules: ['0'] });
    const { A, B } = factorsOf(([...model.namedChildren()][0]![1] as AdaptedLayer).parts('default'));
    B.assign(arange(1, 13, 1, { dtype: 'float32' }).square().sin().reshape([6, 2]));
    A.assign(arange(3, 13, 1, { dtype: 'float32' }).square().cos().reshape([2, 5]));
    const [found] = spectrum(model, 'default');
    expect([found?.module, found?.rank]).toEqual(['0', 2]);
    expectValues(found?.singularValues ?? [], [5.2399113199376695, 2.824505716179302]);
    expect(found?.effectiveRank).toBeCloseTo(1.9109432025189046, 5);
    expect(found?.norm).toBeCloseTo(5.95268873548252, 5);
  });

  it.each(['Linear', 'Conv2d', 'Embedding'] as const)(
    'gives those of the update of the weight: %s',
    (kind) => {
      const { model, layer } = trained(kind);
      const update = layer.delta('default');
      expectValues(spectrum(model, 'default')[0]?.singularValues ?? [], valuesOf(update.flatten(1), 2));
      scaleAdapter(model, 'default', -2);
      expectValues(
        spectrum(model, 'default')[0]?.singularValues ?? [],
        valuesOf(update.flatten(1).mul(2), 2),
      );
    },
  );

  it('counts the zeros between the groups of a convolution', () => {
    const { model, layer } = trained('Conv2d with groups');
    const { A, B } = factorsOf(layer.parts('default'));
    // Each of two groups has one column of B.
    const [upper, lower] = [B.flatten(1).narrow(0, 0, 3), B.flatten(1).narrow(0, 3, 3)];
    const rows = A.flatten(1);
    const products = [matmul(upper, rows.narrow(0, 0, 1)), matmul(lower, rows.narrow(0, 1, 1))];
    const values = products.map((product) => valuesOf(product.mul(3), 1)[0] as number);
    const whole = spectrum(model, 'default')[0]?.singularValues ?? [];
    expect(Math.hypot(...whole)).toBeCloseTo(Math.hypot(...values), 4);
    expect(whole).toHaveLength(2);
  });

  it.each(['pissa', 'olora'] as const)('counts from what an initialisation took out: %s', (init) => {
    const { model, layer } = trained('Linear', { init });
    const change = layer.delta('default');
    expectValues(spectrum(model, 'default')[0]?.singularValues ?? [], valuesOf(change, 4));
  });

  it('is all zeros for an adapter that has learned nothing', () => {
    const model = new Sequential(new Linear(4, 3));
    addAdapter(model, { r: 2, targetModules: ['0'] });
    expect(spectrum(model, 'default')).toEqual([
      { module: '0', rank: 2, singularValues: [0, 0], effectiveRank: 0, norm: 0 },
    ]);
  });

  it('tells of parametrizations where no adapter is named', () => {
    const conv = new Conv2d(2, 4, 3);
    const lora = new Lora(conv.weight.shape, { rank: 3, alpha: 2, generator: new Generator(1) });
    registerParametrization(conv, 'weight', lora);
    lora.lora_B.assign(randn([4, 3]));
    const [found] = spectrum(conv);
    expect([found?.module, found?.rank]).toEqual(['parametrizations.weight.0', 3]);
    const update = matmul(lora.lora_B, lora.lora_A).mul(lora.scale);
    expectValues(found?.singularValues ?? [], valuesOf(update, 3));
  });

  it('refuses models and names without adapters', () => {
    const { model } = trained('Linear');
    expectError(() => spectrum(model, 'other'), ArgumentError, 'spectrum', 'other', 'default');
    expectError(() => spectrum(new Linear(2, 2), 'default'), ArgumentError, 'spectrum', 'no adapters');
    expectError(() => spectrum(model), ArgumentError, 'spectrum', 'Lora');
  });
});

describe('effectiveRank', () => {
  it('is the number of values where they are equal, and near 1 where one stands out', () => {
    expect(effectiveRank([2, 2, 2, 2])).toBeCloseTo(4, 12);
    expect(effectiveRank([5, 0, 0])).toBe(1);
    expect(effectiveRank([1, 1e-6])).toBeCloseTo(1, 4);
    expect(effectiveRank([])).toBe(0);
    expect(effectiveRank([0, 0])).toBe(0);
  });

  it('is what exp of the entropy of the shares is, in PyTorch', () => {
    const values = [2.782253615926871, 1.8817057132090524, 1.2281968241920154, 0.1389519392204257];
    expect(effectiveRank(values)).toBeCloseTo(3.099545509303347, 12);
  });
});
