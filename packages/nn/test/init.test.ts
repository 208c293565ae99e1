/** Fresh values: the numbers that PyTorch draws after `torch.manual_seed(42)`. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  Conv2d,
  constantInit,
  Embedding,
  fans,
  gain,
  kaimingNormal,
  kaimingUniform,
  Linear,
  Module,
  normalInit,
  Parameter,
  Sequential,
  truncNormalInit,
  uniformInit,
  xavierNormal,
  xavierUniform,
} from '@lowrank/nn';
import {
  ArgumentError,
  DTypeError,
  Generator,
  manualSeed,
  type NestedArray,
  ShapeError,
  type Tensor,
  zeros,
} from '@lowrank/tensor';
import { expectClose, expectError } from './close.js';

beforeEach(() => {
  manualSeed(42);
});

/** `hashlib.sha256(t.numpy().tobytes()).hexdigest()[:16]` */
function digest(tensor: Tensor): string {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

describe('default initialisation', () => {
  it('of Linear equals PyTorch to the last bit, weight before bias', () => {
    const layer = new Linear(3, 2);
    expect(layer.weight.tolist()).toEqual([
      [0.4414065182209015, 0.47920528054237366, -0.1352572739124298],
      [0.5303604602813721, -0.1264995038509369, 0.11650390923023224],
    ]);
    expect(layer.bias?.tolist()).toEqual([-0.28108587861061096, 0.3390677869319916]);
  });

  it('of Conv2d equals PyTorch to the last bit, with the fan of one group', () => {
    const layer = new Conv2d(2, 2, 2, { groups: 2 });
    expect(layer.weight.tolist()).toEqual([
      [
        [
          [0.3822692632675171, 0.4150039553642273],
          [-0.11713624000549316, 0.45930564403533936],
        ],
      ],
      [
        [
          [-0.10955178737640381, 0.10089534521102905],
          [-0.24342751502990723, 0.2936413288116455],
        ],
      ],
    ]);
    expect(layer.bias?.tolist()).toEqual([0.4407714605331421, -0.3668140769004822]);
  });

  it('of Embedding is normal, drawn one by one below 16 numbers and in blocks above', () => {
    expectClose(new Embedding(4, 3).weight, [
      [0.33669036626815796, 0.12880940735340118, 0.23446236550807953],
      [0.23033303022384644, -1.1228563785552979, -0.18632829189300537],
      [2.2082014083862305, -0.637997031211853, 0.46165722608566284],
      [0.2673508822917938, 0.5349046587944031, 0.809357225894928],
    ]);
    manualSeed(42);
    expect(new Embedding(5, 4).weight.tolist()).toEqual([
      [1.9269152879714966, 1.4872840642929077, 0.9007171988487244, -2.1055209636688232],
      [-0.7581311464309692, 1.078317642211914, 0.8008005619049072, 1.680620551109314],
      [0.3558599054813385, -0.6866229772567749, -0.4933563470840454, 0.2414877861738205],
      [-0.2316243201494217, 0.041759490966796875, -0.2515752911567688, 0.859858512878418],
      [-0.3097267746925354, -0.3957104980945587, 0.8034093379974365, -0.6215953826904297],
    ]);
  });

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
    const digests = [...new Network().namedParameters()].map(([name, value]) => [name, digest(value)]);
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

describe('initialisers', () => {
  const cases: readonly (readonly [string, (target: Tensor) => Tensor, NestedArray<number>])[] = [
    [
      'uniformInit',
      (target) => uniformInit(target, -2, 3),
      [
        [2.411346435546875, 2.5750198364257812, -0.08568120002746582],
        [2.7965283393859863, -0.04775893688201904, 1.00447678565979],
      ],
    ],
    [
      'normalInit',
      (target) => normalInit(target, 1, 0.5),
      [
        [1.1683452129364014, 1.0644047260284424, 1.1172311305999756],
        [1.1151665449142456, 0.4385718107223511, 0.9068358540534973],
      ],
    ],
    [
      'truncNormalInit',
      (target) => truncNormalInit(target, { mean: 1, std: 2, a: -1, b: 1.5 }),
      [
        [1.2356598377227783, 1.3085509538650513, 0.10432291030883789],
        [1.407874584197998, 0.12278187274932861, 0.6119589805603027],
      ],
    ],
    [
      'kaimingUniform',
      (target) => kaimingUniform(target),
      [
        [1.0812207460403442, 1.1738084554672241, -0.33131131529808044],
        [1.2991125583648682, -0.3098592460155487, 0.28537511825561523],
      ],
    ],
    [
      'kaimingUniform by the fan out',
      (target) => kaimingUniform(target, { mode: 'fanOut', nonlinearity: 'relu' }),
      [
        [1.3242195844650269, 1.4376158714294434, -0.40577182173728943],
        [1.5910813808441162, -0.37949851155281067, 0.3495117127895355],
      ],
    ],
    [
      'kaimingUniform before a leaky relu',
      (target) => kaimingUniform(target, { a: 0.2 }),
      [
        [1.060224175453186, 1.1510138511657715, -0.32487747073173523],
        [1.273884654045105, -0.3038419783115387, 0.2798333466053009],
      ],
    ],
    [
      'kaimingNormal before a tanh',
      (target) => kaimingNormal(target, { nonlinearity: 'tanh' }),
      [
        [0.323980450630188, 0.1239469051361084, 0.22561150789260864],
        [0.2216380536556244, -1.080469012260437, -0.17929449677467346],
      ],
    ],
    [
      'xavierUniform',
      (target) => xavierUniform(target),
      [
        [0.8375100493431091, 0.9092281460762024, -0.25663265585899353],
        [1.0062882900238037, -0.24001595377922058, 0.22105063498020172],
      ],
    ],
    [
      'xavierUniform with a gain',
      (target) => xavierUniform(target, { gain: 5 / 3 }),
      [
        [1.3958500623703003, 1.5153802633285522, -0.4277210831642151],
        [1.6771471500396729, -0.4000265598297119, 0.3684177100658417],
      ],
    ],
    [
      'xavierNormal',
      (target) => xavierNormal(target),
      [
        [0.21294167637825012, 0.08146622031927109, 0.14828701317310333],
        [0.145675390958786, -0.7101567387580872, -0.1178443655371666],
      ],
    ],
  ];

  it.each(cases)('%s draws what PyTorch draws, and returns its target', (_, init, expected) => {
    const target = new Parameter(zeros([2, 3]));
    expect(init(target)).toBe(target);
    expectClose(target, expected, 2e-7);
  });

  it('counts the field of a convolution into its fans', () => {
    expect(fans([64, 32, 3, 5])).toEqual({ fanIn: 480, fanOut: 960 });
    expectClose(kaimingNormal(zeros([2, 1, 1, 2]), { mode: 'fanOut' }), [
      [[[0.23807603120803833, 0.09108200669288635]]],
      [[[0.16578993201255798, 0.16287004947662354]]],
    ]);
    manualSeed(42);
    expectClose(xavierNormal(zeros([2, 1, 1, 2])), [
      [[[0.1943882703781128, 0.07436814159154892]]],
      [[[0.13536690175533295, 0.13298283517360687]]],
    ]);
  });

  it('draws float64 in float64', () => {
    expectClose(
      xavierUniform(zeros([2, 2], { dtype: 'float64' })),
      [
        [-1.0822960545322389, -1.070647061568314],
        [-0.9220220537798188, -1.0959502981152773],
      ],
      1e-15,
    );
    manualSeed(42);
    expectClose(
      kaimingNormal(zeros([2, 2], { dtype: 'float64' }), { nonlinearity: 'tanh' }),
      [
        [0.39679338790821406, 0.15180333975447982],
        [0.276316545109939, 0.2714500766160874],
      ],
      1e-14,
    );
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
    for (const init of [kaimingUniform, kaimingNormal, xavierUniform, xavierNormal]) {
      expect(init(empty).numel()).toBe(0);
    }
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
  });
});
