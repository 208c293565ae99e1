/** Smooth relatives of relu; every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import { ArgumentError, gelu, softplus, tensor } from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const float64 = { dtype: 'float64' } as const;
const some = tensor([-5, -2.5, -0.5, 0, 0.5, 3], float64);

describe('softplus', () => {
  itAgrees([
    [
      'F.softplus(torch.tensor([-1., 0., 1., 30.]), beta=2)',
      () => softplus(tensor([-1, 0, 1, 30]), { beta: 2 }),
      'tensor([0.0635, 0.3466, 1.0635, 30.0000])',
    ],
    [
      'F.softplus(torch.tensor([0.5, 1., 2.]), beta=3, threshold=2)',
      () => softplus(tensor([0.5, 1, 2]), { beta: 3, threshold: 2 }),
      'tensor([0.5671, 1.0000, 2.0000])',
    ],
  ]);

  itRefuses(ArgumentError, {
    'softplus: takes its options as an object, { name: value }, got 2': () => softplus(some, untyped(2)),
    'softplus: takes tensors and numbers, got "2"': () => softplus(some, { beta: untyped('2') }),
  });
});

describe('gelu', () => {
  const exact = [
    -1.4332578593401202e-6, -0.015524163314440398, -0.15426876936299344, 0, 0.34573123063700656,
    2.99595030590511,
  ];
  const approximate = [
    -2.2917961972623857e-7, -0.015084266089998577, -0.15428599017485606, 0, 0.34571400982514394,
    2.996362607918227,
  ];

  it('is x times the normal distribution function, F.gelu(x)', () => {
    gelu(some)
      .dataSync()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(exact[i]!, 15);
      });
  });

  it("has the approximation of F.gelu(x, approximate='tanh')", () => {
    gelu(some, { approximate: 'tanh' })
      .dataSync()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(approximate[i]!, 15);
      });
    expect(gelu(some, { approximate: 'none' }).tolist()).toEqual(gelu(some).tolist());
  });

  itRefuses(ArgumentError, {
    "gelu: approximate is 'none' or 'tanh', got \"erf\"": () => gelu(some, { approximate: untyped('erf') }),
    'gelu: takes its options as an object, { name: value }, got "tanh"': () => gelu(some, untyped('tanh')),
  });
});
