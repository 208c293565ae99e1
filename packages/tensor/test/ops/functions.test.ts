/** Functions of one number; the expectations are what PyTorch 1.13 gives for the expression beside them. */
import { describe, expect, it } from '@jest/globals';
import {
  cos,
  erf,
  exp,
  expm1,
  gelu,
  log,
  log1p,
  type Operand,
  reciprocal,
  relu,
  rsqrt,
  sigmoid,
  silu,
  sin,
  softplus,
  sqrt,
  type Tensor,
  tan,
  tanh,
  tensor,
  zeros,
} from '../../src/index.js';
import { itAgrees } from '../tables.js';

const int32 = { dtype: 'int32' } as const;
const float64 = { dtype: 'float64' } as const;
const bool = { dtype: 'bool' } as const;

/** x = torch.tensor([-3, -0.75, -1e-10, 0, 1e-10, 0.75, 1.25, 3, 40], dtype=torch.float64) */
const x = tensor([-3, -0.75, -1e-10, 0, 1e-10, 0.75, 1.25, 3, 40], float64);

type Row = readonly [torch: string, ours: (x: Operand) => Tensor, values: readonly number[]];
const FUNCTIONS: readonly Row[] = [
  [
    'torch.exp(x)',
    exp,
    [
      0.049787068367863944, 0.4723665527410147, 0.9999999999, 1, 1.0000000001, 2.117000016612675,
      3.4903429574618414, 20.085536923187668, 2.3538526683702e17,
    ],
  ],
  [
    'torch.expm1(x)',
    expm1,
    [
      -0.950212931632136, -0.5276334472589853, -9.999999999500001e-11, 0, 1.00000000005e-10,
      1.1170000166126746, 2.4903429574618414, 19.085536923187668, 2.3538526683702e17,
    ],
  ],
  [
    'torch.log(x)',
    log,
    [
      NaN,
      NaN,
      NaN,
      -Infinity,
      -23.025850929940457,
      -0.2876820724517809,
      0.22314355131420976,
      1.0986122886681098,
      3.6888794541139363,
    ],
  ],
  [
    'torch.log1p(x)',
    log1p,
    [
      NaN,
      -1.3862943611198906,
      -1.00000000005e-10,
      0,
      9.999999999500001e-11,
      0.5596157879354227,
      0.8109302162163288,
      1.3862943611198906,
      3.713572066704308,
    ],
  ],
  [
    'torch.sqrt(x)',
    sqrt,
    [NaN, NaN, NaN, 0, 1e-5, 0.8660254037844386, 1.118033988749895, 1.7320508075688772, 6.324555320336759],
  ],
  [
    'torch.rsqrt(x)',
    rsqrt,
    [
      NaN,
      NaN,
      NaN,
      Infinity,
      99999.99999999999,
      1.1547005383792517,
      0.8944271909999159,
      0.5773502691896258,
      0.15811388300841897,
    ],
  ],
  [
    'torch.reciprocal(x)',
    reciprocal,
    [
      -0.3333333333333333,
      -1.3333333333333333,
      -10000000000,
      Infinity,
      10000000000,
      1.3333333333333333,
      0.8,
      0.3333333333333333,
      0.025,
    ],
  ],
  [
    'torch.sin(x)',
    sin,
    [
      -0.1411200080598672, -0.6816387600233341, -1e-10, 0, 1e-10, 0.6816387600233341, 0.9489846193555862,
      0.1411200080598672, 0.7451131604793488,
    ],
  ],
  [
    'torch.cos(x)',
    cos,
    [
      -0.9899924966004454, 0.7316888688738209, 1, 1, 1, 0.7316888688738209, 0.3153223623952687,
      -0.9899924966004454, -0.6669380616522619,
    ],
  ],
  [
    'torch.tan(x)',
    tan,
    [
      0.1425465430742778, -0.9315964599440725, -1e-10, 0, 1e-10, 0.9315964599440725, 3.0095696738628313,
      -0.1425465430742778, -1.117214930923896,
    ],
  ],
  [
    'torch.tanh(x)',
    tanh,
    [
      -0.9950547536867305, -0.6351489523872873, -1e-10, 0, 1e-10, 0.6351489523872873, 0.8482836399575129,
      0.9950547536867305, 1,
    ],
  ],
  [
    'torch.erf(x)',
    erf,
    [
      -0.9999779095030014, -0.7111556336535151, -1.1283791670955126e-10, 0, 1.1283791670955126e-10,
      0.7111556336535151, 0.9229001282564583, 0.9999779095030014, 1,
    ],
  ],
  [
    'torch.sigmoid(x)',
    sigmoid,
    [
      0.04742587317756678, 0.320821300824607, 0.499999999975, 0.5, 0.500000000025, 0.679178699175393,
      0.7772998611746911, 0.9525741268224334, 1,
    ],
  ],
  [
    'F.silu(x)',
    silu,
    [
      -0.14227761953270035, -0.24061597561845527, -4.9999999997500004e-11, 0, 5.00000000025e-11,
      0.5093840243815447, 0.9716248264683639, 2.8577223804672998, 40,
    ],
  ],
  [
    'F.softplus(x)',
    softplus,
    [
      0.04858735157374206,
      0.38687100611489994,
      0.6931471805099453,
      Math.LN2,
      0.6931471806099453,
      1.1368710061148999,
      1.501929081345373,
      3.048587351573742,
      40,
    ],
  ],
];

/** How many units of 2^-53 two numbers lie apart, relative to the larger one; 0 for two NaNs. */
function distance(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)) / 2 ** -53;
}

describe('functions of the reals', () => {
  it.each(FUNCTIONS)('%s to within 4 ulp in float64', (_, f, values) => {
    const result = f(x).dataSync();
    values.forEach((value, i) => {
      expect(distance(result[i]!, value)).toBeLessThan(8);
    });
  });

  // 4 ulp of float32 are at most 2^-21 of a number, 2^32 of the units above.
  it.each(FUNCTIONS)('%s to within 4 ulp in float32', (_, f) => {
    const float32 = x.to('float32');
    const result = f(float32);
    expect(result.dtype).toBe('float32');
    const expected = f(float32.to('float64')).to('float32').dataSync();
    result.dataSync().forEach((value, i) => {
      expect(distance(value, expected[i]!)).toBeLessThanOrEqual(2 ** 32);
    });
  });

  it.each(FUNCTIONS)('%s takes integers and bools as float32, scalars and nothing', (_, f) => {
    expect(f(tensor([-2, 0, 7], int32)).dataSync()).toEqual(f(tensor([-2, 0, 7])).dataSync());
    expect(f(tensor([1, 0], bool)).dataSync()).toEqual(f(tensor([1, 0])).dataSync());
    expect(f(2).dataSync()).toEqual(f(tensor(2)).dataSync());
    expect(f(zeros([2, 0])).shape).toEqual([2, 0]);
  });
});

describe('the ends of the real line', () => {
  const ends = tensor([-Infinity, Infinity, NaN, -1000, 1000]);
  itAgrees([
    [
      'torch.exp(torch.tensor([-inf, inf, nan, -1000., 1000.]))',
      () => exp(ends),
      'tensor([0., inf, nan, 0., inf])',
    ],
    [
      'torch.expm1(torch.tensor([-inf, inf, nan, -1000., 1000.]))',
      () => expm1(ends),
      'tensor([-1., inf, nan, -1., inf])',
    ],
    [
      'torch.log(torch.tensor([0., -0., inf, -1., 1e-45]))',
      () => log(tensor([0, -0, Infinity, -1, 1e-45])),
      'tensor([-inf, -inf, inf, nan, -103.2789])',
    ],
    [
      'torch.log1p(torch.tensor([-1., -2., inf, 1e-30]))',
      () => log1p(tensor([-1, -2, Infinity, 1e-30])),
      'tensor([-inf, nan, inf, 1.0000e-30])',
    ],
    [
      'torch.sqrt(torch.tensor([-1., -0., inf, 1e-40]))',
      () => sqrt(tensor([-1, -0, Infinity, 1e-40])),
      'tensor([nan, -0.0000e+00, inf, 1.0000e-20])',
    ],
    [
      'torch.rsqrt(torch.tensor([-1., 0., -0., inf]))',
      () => rsqrt(tensor([-1, 0, -0, Infinity])),
      'tensor([nan, inf, -inf, 0.])',
    ],
    [
      'torch.reciprocal(torch.tensor([0., -0., inf, -inf]))',
      () => reciprocal(tensor([0, -0, Infinity, -Infinity])),
      'tensor([inf, -inf, 0., -0.])',
    ],
    [
      'torch.sin(torch.tensor([-inf, inf, nan, -1000., 1000.]))',
      () => sin(ends),
      'tensor([nan, nan, nan, -0.8269, 0.8269])',
    ],
    [
      'torch.tanh(torch.tensor([-inf, inf, nan, -1000., 1000.]))',
      () => tanh(ends),
      'tensor([-1., 1., nan, -1., 1.])',
    ],
    [
      'torch.erf(torch.tensor([-inf, inf, nan, -1000., 1000.]))',
      () => erf(ends),
      'tensor([-1., 1., nan, -1., 1.])',
    ],
    [
      'torch.sigmoid(torch.tensor([-inf, inf, nan, -1000., 1000.]))',
      () => sigmoid(ends),
      'tensor([0., 1., nan, 0., 1.])',
    ],
    [
      'F.silu(torch.tensor([-inf, inf, nan, -1000., 1000.]))',
      () => silu(ends),
      'tensor([nan, inf, nan, -0., 1000.])',
    ],
    [
      'F.gelu(torch.tensor([-inf, inf, nan, 1000.]))',
      () => gelu(tensor([-Infinity, Infinity, NaN, 1000])),
      'tensor([nan, inf, nan, 1000.])',
    ],
    [
      'F.softplus(torch.tensor([-inf, inf, nan, -1000., 1000.]))',
      () => softplus(ends),
      'tensor([0., inf, nan, 0., 1000.])',
    ],
    [
      'F.relu(torch.tensor([-inf, inf, nan, -1000., 1000.]))',
      () => relu(ends),
      'tensor([0., inf, nan, 0., 1000.])',
    ],
  ]);
});
