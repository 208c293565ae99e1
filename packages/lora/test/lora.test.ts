/** Low-rank adaptation of single weights, compared with the same parametrization in PyTorch. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { gradcheck } from '@lowrank/autograd';
import { Lora } from '@lowrank/lora';
import {
  Conv2d,
  Embedding,
  type Layer,
  Linear,
  type Module,
  parametrizationsOf,
  registerParametrization,
  removeParametrizations,
} from '@lowrank/nn';
import {
  ArgumentError,
  arange,
  Generator,
  manualSeed,
  ones,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@lowrank/tensor';
import type { Factors } from '../src/adapters/parts.js';
import { initialValues } from '../src/init/initial-values.js';
import { expectClose, expectError } from './close.js';

beforeEach(() => {
  manualSeed(42);
});

/** A layer whose weight is adapted, and what adapts it. */
function adapted<L extends Layer & { readonly weight: Tensor }>(
  layer: L,
  options = {},
): { layer: L; lora: Lora } {
  const lora = new Lora(layer.weight.shape, options);
  registerParametrization(layer, 'weight', lora);
  return { layer, lora };
}

/** Gives B other values than 0, as training would. */
function train(lora: Lora): void {
  const { shape } = lora.lora_B;
  lora.lora_B.assign(
    arange(1, lora.lora_B.numel() + 1, 1, { dtype: 'float32' })
      .div(10)
      .reshape(shape),
  );
}

describe('Lora', () => {
  it('sees a weight as a matrix of its first axis against the others', () => {
    const shapes = (shape: readonly number[], rank: number) => {
      const { lora_A, lora_B } = new Lora(shape, { rank });
      return [lora_B.shape, lora_A.shape];
    };
    expect(shapes([4, 6], 2)).toEqual([
      [4, 2],
      [2, 6],
    ]);
    expect(shapes([64, 32, 3, 3], 1)).toEqual([
      [64, 1],
      [1, 288],
    ]);
    expect(shapes([8, 1], 1)).toEqual([
      [8, 1],
      [1, 1],
    ]);
  });

  it('adds 1,097 parameters to the three convolutions of the MNIST network, 1.184 %', () => {
    const convs = [new Conv2d(1, 32, 3), new Conv2d(32, 64, 3), new Conv2d(64, 128, 3)];
    const count = (modules: readonly Module[]) =>
      modules.flatMap((module) => module.parameters()).reduce((sum, parameter) => sum + parameter.numel(), 0);
    const base = count(convs);
    const lora = count(convs.map((conv) => adapted(conv).lora));
    expect([base, lora, count(convs)]).toEqual([92_672, 1_097, 93_769]);
    expect(((100 * lora) / base).toFixed(3)).toBe('1.184');
  });

  it('draws A from the normal distribution, from a generator of its own where one is given, and begins with B = 0', () => {
    const lora = new Lora([4, 4], { rank: 4 });
    manualSeed(42);
    expect(lora.lora_A.tolist()).toEqual(randn([4, 4]).tolist());
    expect(lora.lora_B.dataSync().every((value) => value === 0)).toBe(true);
    const drawn = new Lora([4, 4], { rank: 4, generator: new Generator(42) });
    expect(drawn.lora_A.tolist()).toEqual(lora.lora_A.tolist());
  });

  it('scales the update by alpha / rank', () => {
    const lora = new Lora([2, 2], { rank: 2, alpha: 6 });
    expect(lora.scale).toBe(3);
    lora.lora_A.assign(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    lora.lora_B.assign(
      tensor([
        [1, 0],
        [1, 1],
      ]),
    );
    expect(lora.forward(ones([2, 2])).tolist()).toEqual([
      [4, 7],
      [13, 19],
    ]);
  });

  it('scales it by alpha / sqrt(rank) where it is rank-stabilised', () => {
    const lora = new Lora([4, 4], { rank: 4, alpha: 6, useRslora: true });
    expect(lora.scale).toBe(3);
    expect(String(lora)).toBe('Lora(rank=4, alpha=6, rslora=True)');
  });

  it('begins as adapters of an init do', () => {
    for (const init of ['default', 'gaussian', 'orthogonal'] as const) {
      manualSeed(42);
      const lora = new Lora([4, 2, 3], { rank: 2, init });
      manualSeed(42);
      const shapes = { A: [2, 6], B: [4, 2] };
      const request = { kind: 'Linear', weight: zeros([4, 6]), rank: 2, scale: 0.5, shapes } as const;
      const { A, B } = initialValues('test', init, request) as Factors;
      expect(lora.lora_A.tolist()).toEqual(A.tolist());
      expect(lora.lora_B.tolist()).toEqual(B.tolist());
    }
  });

  it('prints its rank and alpha, and whether it is off', () => {
    const { layer, lora } = adapted(new Linear(3, 2), { rank: 2, alpha: 16 });
    expect(String(lora)).toBe('Lora(rank=2, alpha=16)');
    lora.enabled = false;
    expect(String(layer)).toBe(`ParametrizedLinear(
  in_features=3, out_features=2, bias=True
  (parametrizations): ModuleDict(
    (weight): ParametrizationList(
      (0): Lora(rank=2, alpha=16, enabled=False)
    )
  )
)`);
  });
});

describe('a layer with Lora', () => {
  /** The gradients of 1 y[0] + 2 y[1] + ..., by the name of the parameter. */
  function gradients(layer: Layer, x: Tensor): Record<string, Tensor> {
    layer.zeroGrad();
    const y = layer.forward(x).flatten();
    y.dot(arange(1, y.numel() + 1, 1, { dtype: 'float32' })).backward();
    return Object.fromEntries(
      [...layer.namedParameters()].map(([name, { grad }]) => [name, (grad as Tensor).flatten()]),
    );
  }
  const names = { A: 'parametrizations.weight.0.lora_A', B: 'parametrizations.weight.0.lora_B' };

  it('learns as in PyTorch: a Linear', () => {
    const { layer, lora } = adapted(new Linear(3, 2), { rank: 2, alpha: 4 });
    const x = tensor([[1, 2, -1]]);
    expectClose(layer.forward(x), [[1.253989, 0.4999253]]);
    const first = gradients(layer, x);
    expect(Object.keys(first)).toEqual(['bias', 'parametrizations.weight.original', names.A, names.B]);
    expect(first[names.A]?.tolist()).toEqual([0, 0, 0, 0, 0, 0]);
    expectClose(first[names.B] as Tensor, [-7.407429, 0.03593308, -14.81486, 0.07186615]);
    expectClose(first['parametrizations.weight.original'] as Tensor, [1, 2, -1, 2, 4, -2]);
    train(lora);
    expectClose(layer.forward(x), [[0.5204322, -1.70793]]);
    expectClose(gradients(layer, x)[names.A] as Tensor, [1.4, 2.8, -1.4, 2, 4, -2]);
    expectClose(layer.weight, [
      [-0.03836355, 0.6266025, 0.4133234],
      [-0.653751, 0.1310293, 1.655306],
    ]);
  });

  it('learns as in PyTorch: a Conv2d', () => {
    const { layer, lora } = adapted(new Conv2d(1, 2, 2));
    const x = arange(1, 10, 1, { dtype: 'float32' }).div(10).reshape([1, 1, 3, 3]);
    const first = gradients(layer, x);
    expect(first[names.A]?.tolist()).toEqual([0, 0, 0, 0]);
    expectClose(first[names.B] as Tensor, [-6.291015, -14.21964]);
    train(lora);
    expectClose(layer.forward(x), [
      [
        [
          [0.7334042, 0.8282682],
          [1.017996, 1.11286],
        ],
        [
          [-0.3309272, -0.364932],
          [-0.4329418, -0.4669467],
        ],
      ],
    ]);
    expectClose(gradients(layer, x)[names.A] as Tensor, [2.07, 2.69, 3.93, 4.550001]);
    expectClose(
      layer.weight.flatten(),
      [0.1356636, 0.4512326, -0.07948133, 0.4412248, -0.6027632, 0.1733526, -0.1681177, 0.2574796],
    );
  });

  it('learns as in PyTorch: an Embedding', () => {
    const { layer, lora } = adapted(new Embedding(3, 2), { alpha: 0.5 });
    const index = tensor([2, 0, 2], { dtype: 'int32' });
    const first = gradients(layer, index);
    expect(first[names.A]?.tolist()).toEqual([0, 0]);
    expectClose(first[names.B] as Tensor, [2.036308, 0, 4.072616]);
    train(lora);
    expectClose(layer.forward(index), [
      [-0.7916262, -0.2820278],
      [0.4471004, 0.09690955],
      [-0.7916262, -0.2820278],
    ]);
    expectClose(gradients(layer, index)[names.A] as Tensor, [1.05, 1.4]);
  });

  it('has gradients that agree with differences in float64', () => {
    const { layer, lora } = adapted(new Conv2d(2, 4, 2, { groups: 2 }), { rank: 2, alpha: 3 });
    train(lora);
    layer.to('float64');
    const x = randn([1, 2, 3, 3], { dtype: 'float64' });
    const f = (lora_A: Tensor, lora_B: Tensor, original: Tensor) => {
      Object.assign(lora, { lora_A, lora_B });
      Object.assign(parametrizationsOf(layer, 'weight'), { original });
      return layer.forward(x);
    };
    expect(gradcheck(f, [lora.lora_A, lora.lora_B, parametrizationsOf(layer, 'weight').original])).toBe(true);
  });

  const LAYERS: readonly (readonly [string, () => Layer & { readonly weight: Tensor }])[] = [
    ['Linear', () => new Linear(6, 5)],
    ['Conv2d', () => new Conv2d(4, 6, 3, { groups: 2 })],
    ['Embedding', () => new Embedding(7, 5)],
  ];

  it.each(LAYERS)('begins with the weight itself, whatever A is: %s', (_, make) => {
    const layer = make();
    const before = layer.weight.tolist();
    adapted(layer, { rank: 3, alpha: 8 });
    expect(layer.weight.tolist()).toEqual(before);
  });

  it.each(LAYERS)('gives the original weight, bit for bit, while it is off: %s', (_, make) => {
    const layer = make();
    const before = layer.weight.tolist();
    const { lora } = adapted(layer, { rank: 3 });
    train(lora);
    const on = layer.weight.tolist();
    expect(on).not.toEqual(before);
    lora.enabled = false;
    expect(layer.weight.tolist()).toEqual(before);
    lora.enabled = true;
    expect(layer.weight.tolist()).toEqual(on);
  });

  it.each(LAYERS)('is merged by removing the parametrization, or forgotten: %s', (_, make) => {
    const layer = make();
    const { weight } = layer;
    const before = weight.tolist();
    const { lora } = adapted(layer, { rank: 2 });
    train(lora);
    const on = layer.weight.tolist();
    removeParametrizations(layer, 'weight');
    expect(layer.weight).toBe(weight);
    expectClose(layer.weight, on as number[][], 1e-6);
    registerParametrization(layer, 'weight', lora);
    removeParametrizations(layer, 'weight', { leaveParametrized: false });
    expect(layer.weight.tolist()).toEqual(on);
    expect(before).not.toEqual(on);
  });

  it('sends no gradient to A and B while it is off', () => {
    const { layer, lora } = adapted(new Linear(3, 2));
    lora.enabled = false;
    layer
      .forward(ones([1, 3]))
      .sum()
      .backward();
    expect([lora.lora_A.grad, lora.lora_B.grad]).toEqual([null, null]);
  });

  it('can carry several, whose updates add up', () => {
    const { layer, lora } = adapted(new Linear(3, 2));
    const base = layer.weight.detach();
    const second = new Lora([2, 3]);
    registerParametrization(layer, 'weight', second);
    for (const each of [lora, second]) train(each);
    const update = (each: Lora) => each.forward(base).sub(base);
    expectClose(layer.weight, base.add(update(lora)).add(update(second)).tolist() as number[][]);
  });
});

describe('Lora refuses', () => {
  it('inits that need the weight, or are none, and flags that are none', () => {
    for (const init of ['pissa', 'olora', false] as const) {
      expectError(
        () => new Lora([4, 6], { init: init as never }),
        ArgumentError,
        'init is one of normal, default',
      );
    }
    expectError(() => new Lora([4, 6], { useRslora: 1 as never }), ArgumentError, 'useRslora');
  });

  it('ranks that the weight does not have', () => {
    for (const rank of [0, -1, 1.5, 5, Number.NaN, '1' as never]) {
      expectError(() => new Lora([4, 6], { rank }), ArgumentError, 'Lora', '[4, 6]', 'from 1 to 4');
    }
    expectError(() => new Lora([32, 1, 3, 3], { rank: 10 }), ArgumentError, 'from 1 to 9', 'got 10');
  });

  it('an alpha that is no number of at least 0', () => {
    for (const alpha of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1' as never]) {
      expectError(() => new Lora([4, 6], { alpha }), ArgumentError, 'Lora', 'alpha');
    }
    expect(new Lora([4, 6], { alpha: 0 }).scale).toBe(0);
  });

  it('shapes that are none, or of a bias, and options that are none', () => {
    expectError(() => new Lora([4]), ShapeError, 'Lora', 'at least two axes', '[4]');
    expectError(() => new Lora(4 as never), ArgumentError, 'Lora', 'weight.shape');
    expectError(() => new Lora(ones([2, 2]) as never), ArgumentError, 'Lora', 'weight.shape');
    expectError(() => new Lora([4, 6], 2 as never), ArgumentError, 'Lora', '{ rank, alpha }', '2');
    expectError(() => new Lora([4, 6], null as never), ArgumentError, 'Lora', 'null');
  });

  it('weights of another shape, and leaves their layer as it was', () => {
    const layer = new Linear(3, 2);
    const before = String(layer);
    expectError(
      () => registerParametrization(layer, 'weight', new Lora([3, 2])),
      ShapeError,
      'Lora',
      '[3, 2]',
      'got [2, 3]',
    );
    expect(String(layer)).toBe(before);
    expectError(() => new Lora([2, 3]).forward([[1]] as never), ArgumentError, 'Lora');
  });
});
