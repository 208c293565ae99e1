/** Fresh values: the numbers that PyTorch 1.13 draws on the CPU after the same seed. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  Conv2d,
  constantInit,
  Embedding,
  eyeInit,
  fans,
  gain,
  kaimingNormal,
  kaimingUniform,
  LayerNorm,
  Linear,
  Module,
  normalInit,
  orthogonal,
  Parameter,
  Sequential,
  sparse,
  truncNormalInit,
  uniformInit,
  xavierNormal,
  xavierUniform,
} from '@lowrank/nn';
import {
  ArgumentError,
  type DType,
  DTypeError,
  eye,
  Generator,
  manualSeed,
  matmul,
  rand,
  type Shape,
  ShapeError,
  type Tensor,
  zeros,
} from '@lowrank/tensor';
import fc from 'fast-check';
import { expectClose, expectError } from './close.js';
import {
  type Close,
  digest,
  type Exact,
  expectExact,
  expectSome,
  type Following,
  readFixture,
} from './fixture.js';

beforeEach(() => {
  manualSeed(42);
});

interface LayerEntry extends Following {
  readonly layer: string;
  readonly seed: number;
  readonly parameters: Readonly<Record<string, Exact & { readonly shape: Shape }>>;
}

const LAYERS: Readonly<Record<string, () => Module>> = {
  'torch.nn.Linear(1, 1)': () => new Linear(1, 1),
  'torch.nn.Linear(3, 2)': () => new Linear(3, 2),
  'torch.nn.Linear(40, 25, bias=False)': () => new Linear(40, 25, { bias: false }),
  'torch.nn.Linear(256, 257)': () => new Linear(256, 257),
  'torch.nn.Conv2d(1, 32, 3)': () => new Conv2d(1, 32, 3),
  'torch.nn.Conv2d(4, 6, (3, 2), groups=2)': () => new Conv2d(4, 6, [3, 2], { groups: 2 }),
  'torch.nn.Conv2d(32, 64, 3, bias=False)': () => new Conv2d(32, 64, 3, { bias: false }),
  'torch.nn.Embedding(5, 3)': () => new Embedding(5, 3),
  'torch.nn.Embedding(4, 4)': () => new Embedding(4, 4),
  'torch.nn.Embedding(1000, 31)': () => new Embedding(1000, 31),
  'torch.nn.LayerNorm((2, 3))': () => new LayerNorm([2, 3]),
};

describe('default initialisation', () => {
  it.each(readFixture<LayerEntry>('layers.json').map((entry) => [entry.layer, entry.seed, entry] as const))(
    'of %s equals PyTorch in every bit after seed %i',
    (name, seed, { parameters, next }) => {
      manualSeed(seed);
      const actual = Object.fromEntries(LAYERS[name]().namedParameters());
      expect(Object.keys(actual)).toEqual(Object.keys(parameters));
      for (const [path, expected] of Object.entries(parameters)) {
        expect(actual[path].shape).toEqual(expected.shape);
        expectExact(actual[path], expected);
      }
      expect(rand([]).item()).toBe(next);
    },
  );

  it('of several layers draws one after the other', () => {
    const model = new Sequential(new Linear(2, 1), new Linear(1, 2, { bias: false }));
    expect([...model.namedParameters()].map(([name, parameter]) => [name, parameter.tolist()])).toEqual([
      ['0.weight', [[0.5406103730201721, 0.5869042277336121]]],
      ['0.bias', [-0.16565565764904022]],
      ['1.weight', [[0.9186112880706787], [-0.21910357475280762]]],
    ]);
  });

  it('of the MNIST network equals PyTorch in every bit of its 113,162 parameters', () => {
    class Network extends Module {
      readonly conv1 = new Conv2d(1, 32, 3, { stride: 2, padding: 1 });
      readonly conv2 = new Conv2d(32, 64, 3, { stride: 2, padding: 1 });
      readonly conv3 = new Conv2d(64, 128, 3, { stride: 2, padding: 1 });
      readonly fc = new Linear(2048, 10);
      forward(): void {}
    }
    const digests = [...new Network().namedParameters()].map(([name, value]) => [
      name,
      digest(value.dataSync()),
    ]);
    expect(Object.fromEntries(digests)).toEqual({
      'conv1.weight': '535826ca22e80dbe',
      'conv1.bias': 'bff05be95dc9de12',
      'conv2.weight': '80a85efd87967e49',
      'conv2.bias': 'c990695f93e7be89',
      'conv3.weight': 'fa28fe4301349846',
      'conv3.bias': 'b0dc418664420826',
      'fc.weight': '350da4d41e16125c',
      'fc.bias': 'aef4f56558959e1e',
    });
  });
});

type Init = (w: Tensor) => Tensor;

/** Equal to the last bit. */
const EXACT: Readonly<Record<string, Init>> = {
  'torch.nn.init.uniform_(w, -1, 2)': (w) => uniformInit(w, -1, 2),
  'torch.nn.init.normal_(w, 1, 3)': (w) => normalInit(w, 1, 3),
  'torch.nn.init.kaiming_uniform_(w)': (w) => kaimingUniform(w),
  'torch.nn.init.kaiming_uniform_(w, a=5**0.5)': (w) => kaimingUniform(w, { a: Math.sqrt(5) }),
  "torch.nn.init.kaiming_uniform_(w, mode='fan_out', nonlinearity='relu')": (w) =>
    kaimingUniform(w, { mode: 'fanOut', nonlinearity: 'relu' }),
  'torch.nn.init.kaiming_normal_(w)': (w) => kaimingNormal(w),
  "torch.nn.init.kaiming_normal_(w, mode='fan_out', nonlinearity='tanh')": (w) =>
    kaimingNormal(w, { mode: 'fanOut', nonlinearity: 'tanh' }),
  'torch.nn.init.xavier_uniform_(w)': (w) => xavierUniform(w),
  'torch.nn.init.xavier_uniform_(w, gain=5 / 3)': (w) => xavierUniform(w, { gain: 5 / 3 }),
  'torch.nn.init.xavier_normal_(w)': (w) => xavierNormal(w),
  'torch.nn.init.xavier_normal_(w, gain=2**0.5)': (w) => xavierNormal(w, { gain: Math.SQRT2 }),
  'torch.nn.init.sparse_(w, 0.3)': (w) => sparse(w, 0.3),
};

/** Equal but for rounding; where in PyTorch a decomposition in float32 comes between, to six digits. */
const CLOSE: Readonly<Record<string, { readonly init: Init; readonly float32: number }>> = {
  'torch.nn.init.trunc_normal_(w, std=0.02, a=-0.04, b=0.04)': {
    init: (w) => truncNormalInit(w, { std: 0.02, a: -0.04, b: 0.04 }),
    float32: 0.04 * 2 ** -23,
  },
  'torch.nn.init.orthogonal_(w)': { init: (w) => orthogonal(w), float32: 2e-6 },
  'torch.nn.init.orthogonal_(w, gain=2**0.5)': {
    init: (w) => orthogonal(w, { gain: Math.SQRT2 }),
    float32: 2e-6,
  },
};

/** In float64, where `Math.log` and the like take part, the last bits depend on the engine. */
const FLOAT64_TOLERANCE = 1e-14;

interface InitEntry {
  readonly init: string;
  readonly dtype: DType;
  readonly seed: number;
  readonly cases: readonly (Exact & Close & Following & { readonly shape: Shape })[];
}

describe('initialisers', () => {
  const entries = readFixture<InitEntry>('init.json');

  it.each(entries.map((entry) => [entry.init, entry.dtype, entry.seed, entry] as const))(
    '%s in %s draws what PyTorch draws after seed %i, and returns its target',
    (name, dtype, seed, { cases }) => {
      for (const expected of cases) {
        const target = new Parameter(zeros(expected.shape, { dtype }));
        manualSeed(seed);
        const init = EXACT[name] ?? CLOSE[name].init;
        expect(init(target)).toBe(target);
        if (dtype === 'float64') expectSome(target, expected, FLOAT64_TOLERANCE);
        else if (name in EXACT) expectExact(target, expected);
        else expectSome(target, expected, CLOSE[name].float32);
        expect(rand([]).item()).toBe(expected.next);
      }
    },
  );

  it('compare everything that is in the fixture', () => {
    const names = new Set(entries.map(({ init }) => init));
    expect([...names].sort()).toEqual([...Object.keys(EXACT), ...Object.keys(CLOSE)].sort());
  });

  it('count the field of a convolution into the fans', () => {
    expect(fans([64, 32, 3, 5])).toEqual({ fanIn: 480, fanOut: 960 });
  });

  it('make rows or columns orthonormal, the fewer of them', () => {
    const length = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(fc.nat(), length, length, length, (seed, out, channels, field) => {
        const target = zeros([out, channels, field], { dtype: 'float64' });
        const matrix = orthogonal(target, { gain: 2, generator: new Generator(seed) }).reshape([out, -1]);
        const isTall = out > channels * field;
        const products = matmul(matrix, matrix, { transposeA: isTall, transposeB: !isTall });
        const expected = eye(Math.min(out, channels * field)).mul(4);
        expectClose(products, expected.tolist() as number[][], 1e-13);
      }),
      { numRuns: 50 },
    );
  });

  it('set the same number of weights in each column to 0', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, sparsity) => {
          const isZero = sparse(zeros([rows, 3]), sparsity, { std: 2 }).eq(0);
          expect(isZero.sum(0).tolist()).toEqual(Array(3).fill(Math.ceil(sparsity * rows)));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('fill with the identity', () => {
    expect(eyeInit(rand([2, 3])).tolist()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(eyeInit(zeros([1, 1], { dtype: 'float64' })).dtype).toBe('float64');
  });

  it('draws from a generator of its own where one is given', () => {
    const own = () => new Generator(7);
    const [first, second] = [zeros([2, 3]), zeros([2, 3])];
    kaimingUniform(first, { generator: own() });
    kaimingUniform(second, { generator: own() });
    expect(first.tolist()).toEqual(second.tolist());
    const shared = uniformInit(zeros([1]));
    manualSeed(42);
    expect(uniformInit(zeros([1])).item()).toBe(shared.item());
  });

  it('fills with a constant, in the dtype of the target', () => {
    expect(constantInit(zeros([2, 2], { dtype: 'int32' }), 7).tolist()).toEqual([
      [7, 7],
      [7, 7],
    ]);
  });

  it('leaves what has no elements as it is', () => {
    const empty = zeros([3, 0]);
    for (const init of [kaimingUniform, kaimingNormal, xavierUniform, xavierNormal, orthogonal]) {
      expect(init(empty).numel()).toBe(0);
    }
    expect(sparse(empty, 0.5).numel()).toBe(0);
  });

  it.each([
    ['linear', 1],
    ['sigmoid', 1],
    ['tanh', 1.6666666666666667],
    ['relu', Math.SQRT2],
    ['leakyRelu', 1.4141428569978354],
    ['selu', 0.75],
  ] as const)('knows the gain of %s', (nonlinearity, expected) => {
    expect(gain(nonlinearity)).toBe(expected);
  });

  it('knows the gain of a leaky relu of any slope', () => {
    expect(gain('leakyRelu', 0.2)).toBe(1.3867504905630728);
  });

  it('refuses what it cannot fill', () => {
    expectError(() => kaimingUniform(zeros([3])), ShapeError, 'at least two axes', '[3]');
    expectError(() => xavierNormal(zeros([])), ShapeError, 'at least two axes');
    expectError(() => fans(undefined as never), ShapeError, 'fans', 'undefined');
    expectError(() => normalInit(zeros([2], { dtype: 'int32' })), DTypeError, 'int32');
    expectError(() => uniformInit(zeros([2]), 1, 0), ArgumentError, 'from 1 to 0');
    expectError(() => truncNormalInit(zeros([2]), { a: 1, b: 0 }), ArgumentError, 'a = 1 and b = 0');
    expectError(() => normalInit(zeros([2]), 0, -1), ArgumentError, 'std = -1');
    expectError(() => normalInit([1, 2] as never), ArgumentError, 'normalInit', 'tensor');
    expectError(() => kaimingNormal(null as never), ArgumentError, 'kaimingNormal', 'null');
    expectError(() => xavierUniform(3 as never), ArgumentError, 'xavierUniform', '3');
    expectError(() => gain('relu6' as never), ArgumentError, '"relu6"', 'leakyRelu');
    expectError(() => gain('constructor' as never), ArgumentError, '"constructor"');
    expectError(
      () => kaimingUniform(zeros([2, 2]), { mode: 'fan_in' as never }),
      ArgumentError,
      'fanIn',
      'fan_in',
    );
    expectError(() => kaimingUniform(zeros([2, 2]), 5 as never), ArgumentError, 'kaimingUniform', 'object');
    expectError(() => xavierUniform(zeros([2, 2]), 1 as never), ArgumentError, 'xavierUniform', 'object');
    expectError(() => orthogonal(zeros([3])), ShapeError, 'at least two axes', '[3]');
    expectError(() => orthogonal([1] as never), ArgumentError, 'orthogonal', 'tensor');
    expectError(() => orthogonal(zeros([2, 2]), 2 as never), ArgumentError, 'orthogonal', 'object');
    expectError(() => eyeInit(zeros([2])), ShapeError, 'eyeInit', 'a matrix [out, in], got [2]');
    expectError(() => eyeInit(1 as never), ArgumentError, 'eyeInit', 'tensor');
    expectError(() => sparse(zeros([2, 2, 2]), 0.5), ShapeError, 'sparse', '[2, 2, 2]');
    for (const fraction of [-0.1, 1.5, Number.NaN, '0.5' as never]) {
      expectError(() => sparse(zeros([2, 2]), fraction), ArgumentError, 'sparse', 'from 0 to 1');
    }
  });
});
