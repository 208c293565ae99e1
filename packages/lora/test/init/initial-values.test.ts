/** Initialisations, against PyTorch 1.13 doing what PEFT's `tuners/lora/layer.py` says, in its order of draws. */
import { describe, expect, it } from '@jest/globals';
import { Conv2d, Embedding, Linear } from '@lowrank/nn';
import { ArgumentError, manualSeed, matmul, randn, type Shape, type Tensor } from '@lowrank/tensor';
import type { InitialValues, InitRequest, LayerKind } from '../../src/adapters/parts.js';
import { INITS, type Init } from '../../src/config.js';
import { initialValues } from '../../src/init/initial-values.js';
import { factorMatrices, matrixOf } from '../../src/init/matrix.js';
import { expectClose, expectError } from '../close.js';

interface Slot {
  readonly kind: LayerKind;
  readonly weight: Tensor;
  readonly shapes: InitRequest['shapes'];
}

/** A base layer after seed 42, and the factors as layers of their own, whose draws come before the initialisation's. */
const SLOTS = {
  Linear: (rank: number, [inputs, outputs]: Shape = [3, 4]): Slot => {
    const { weight } = new Linear(inputs!, outputs!);
    new Linear(inputs!, rank, { bias: false });
    new Linear(rank, outputs!, { bias: false });
    return { kind: 'Linear', weight, shapes: { A: [rank, inputs!], B: [outputs!, rank] } };
  },
  Conv2d: (rank: number, [channels, outputs]: Shape = [1, 2]): Slot => {
    const { weight } = new Conv2d(channels!, outputs!, 2);
    new Conv2d(channels!, rank, 2, { bias: false });
    new Conv2d(rank, outputs!, 1, { bias: false });
    return { kind: 'Conv2d', weight, shapes: { A: [rank, channels!, 2, 2], B: [outputs!, rank, 1, 1] } };
  },
  Embedding: (rank: number, [count, dim]: Shape = [3, 2]): Slot => {
    const { weight } = new Embedding(count!, dim!);
    const shapes = { A: [rank, count!], B: [dim!, rank] };
    randn(shapes.A);
    randn(shapes.B);
    return { kind: 'Embedding', weight, shapes };
  },
};

function initialised(
  kind: LayerKind,
  init: Init,
  { rank = 2, scale = 2, lengths = undefined as Shape | undefined } = {},
) {
  manualSeed(42);
  const slot = SLOTS[kind](rank, lengths);
  return { slot, values: initialValues('addAdapter', init, { ...slot, rank, scale }) as InitialValues };
}

function update(values: InitialValues, scale = 2): Tensor {
  const { A, B } = factorMatrices(values);
  return matmul(B, A).mul(scale);
}

const isZero = (x: Tensor) => x.dataSync().every((value) => value === 0);

describe("the numbers that PEFT's initialisation draws after torch.manual_seed(42)", () => {
  it('default, Linear: A Kaiming-uniform, B zero', () => {
    const { values } = initialised('Linear', 'default', { lengths: [3, 2] });
    expectClose(
      values.A,
      [
        [-0.26953015, 0.14716561, -0.26600641],
        [-0.06770751, -0.23449561, 0.38299739],
      ],
      1e-7,
    );
    expect(isZero(values.B)).toBe(true);
  });

  it('default, Conv2d', () => {
    const { values } = initialised('Conv2d', 'default');
    const drawn = [
      -0.20307916, 0.33168548, -0.39468509, -0.23050517, -0.14118737, -0.30063623, 0.04719156, -0.49383956,
    ];
    expectClose(values.A.flatten(), drawn, 1e-7);
    expect(isZero(values.B)).toBe(true);
  });

  it.each(['default', 'gaussian'] as const)('%s, Embedding: A zero, B normal', (init) => {
    const { values } = initialised('Embedding', init);
    expect(isZero(values.A)).toBe(true);
    expectClose(
      values.B,
      [
        [1.32213509, 0.81718975],
        [-0.76583862, -0.75062233],
      ],
      1e-7,
    );
  });

  it('gaussian: A with standard deviation 1 / r', () => {
    const { values } = initialised('Linear', 'gaussian', { lengths: [3, 2] });
    expectClose(
      values.A,
      [
        [0.19651498, 0.216351, -0.68135536],
        [0.67822003, 0.33439398, -0.35385442],
      ],
      1e-7,
    );
    expect(isZero(values.B)).toBe(true);
  });

  it('orthogonal', () => {
    const { values } = initialised('Linear', 'orthogonal');
    expectClose(
      values.A,
      [
        [0.02227928, -0.00926465, 0.02151455],
        [0.02877674, -0.01196656, 0.02778899],
      ],
      1e-7,
    );
    expectClose(
      values.B,
      [
        [0.06251748, -0.04840175],
        [0.00723579, -0.00560203],
        [-0.01859608, 0.0143973],
        [-0.17743582, 0.13737282],
      ],
      1e-7,
    );
  });

  it('pissa: the two largest parts of the weight', () => {
    const { values } = initialised('Linear', 'pissa');
    expectClose(update(values), [
      [0.47418064, 0.44918993, -0.01747555],
      [0.45818225, -0.06039717, -0.14288589],
      [-0.3649601, 0.41588163, 0.20753665],
      [-0.39002174, 0.47111514, 0.22858593],
    ]);
    // The singular values are shared out evenly.
    expectClose(values.A.square().sum(1).sqrt(), [0.6956681, 0.59448922]);
    expectClose(values.B.square().sum(0).sqrt(), [0.6956681, 0.59448922]);
  });

  it('olora: the first two columns of Q, and rows of R', () => {
    const { values } = initialised('Linear', 'olora');
    expectClose(values.A, [
      [-0.85705, 0.19068754, 0.21789163],
      [0, 0.75899881, 0.13925554],
    ]);
    expectClose(values.B, [
      [-0.51503015, 0.76075894],
      [-0.61882091, -0.01119642],
      [0.32796904, 0.36433285],
      [0.49420735, 0.53701204],
    ]);
  });
});

const KINDS = Object.keys(SLOTS) as LayerKind[];
const CASES = KINDS.flatMap((kind) =>
  INITS.filter((init) => init !== false).map((init) => [init, kind] as const),
);

describe('an initialisation', () => {
  it.each(CASES)('has the shapes and the dtype of the layer: %s, %s', (init, kind) => {
    manualSeed(42);
    const slot = SLOTS[kind](2, [6, 5]);
    const weight = slot.weight.to('float64');
    const { A, B } = initialValues('addAdapter', init, {
      ...slot,
      weight,
      rank: 2,
      scale: 0.5,
    }) as InitialValues;
    expect([A.shape, B.shape, A.dtype, B.dtype]).toEqual([
      slot.shapes.A,
      slot.shapes.B,
      'float64',
      'float64',
    ]);
    expect([A.requiresGrad, B.requiresGrad]).toEqual([false, false]);
  });

  it.each(CASES)(
    'changes nothing, or says that it has to be taken out of the weight: %s, %s',
    (init, kind) => {
      const { values, slot } = initialised(kind, init, { lengths: [6, 5] });
      expect(values.subtracted).toBe(init === 'pissa' || init === 'olora');
      expect(slot.weight.shape).toEqual(SLOTS[kind](2, [6, 5]).weight.shape);
      if (!values.subtracted) expect(update(values).abs().amax().item()).toBeLessThan(1e-7);
    },
  );

  it.each(KINDS)('pissa of full rank is the whole weight: %s', (kind) => {
    const { values, slot } = initialised(kind, 'pissa', { rank: 5, lengths: [6, 5] });
    expectClose(update(values), matrixOf(kind, slot.weight).tolist() as number[][], 1e-5);
  });

  it('pissa leaves of a large weight what no update of its rank could reach', () => {
    const { values, slot } = initialised('Linear', 'pissa', { rank: 4, lengths: [160, 140] });
    const rest = slot.weight.sub(update(values));
    expect(rest.square().sum().item()).toBeLessThan(slot.weight.square().sum().item() * 0.95);
    expect(matmul(values.B, rest, { transposeA: true }).abs().amax().item()).toBeLessThan(1e-5);
  });

  it.each(KINDS)('false keeps what was drawn: %s', (kind) => {
    expect(initialised(kind, false).values).toBeUndefined();
  });

  it('refuses what it cannot do', () => {
    const refuses = (init: Init, request: Partial<InitRequest>, ...words: string[]) => {
      const weight = randn([4, 2, 1, 1]);
      const shapes = { A: [2, 4, 1, 1], B: [4, 1, 1, 1] };
      const whole = { kind: 'Conv2d' as const, weight, rank: 2, scale: 1, shapes, ...request };
      expectError(() => initialValues('addAdapter', init, whole), ArgumentError, 'addAdapter', ...words);
    };
    const linear = { kind: 'Linear' as const, weight: randn([4, 3]), shapes: { A: [3, 3], B: [4, 3] } };
    refuses('orthogonal', { ...linear, rank: 3 }, 'even rank', '3');
    refuses('pissa', { ...linear, scale: 0 }, 'alpha above 0');
    for (const init of ['pissa', 'olora'] as const)
      refuses(init, {}, 'groups', '[4, 2, 1, 1]', '[2, 4, 1, 1]');
  });
});
