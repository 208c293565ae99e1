/** Draws against those of PyTorch 1.13 on the CPU, for several seeds and sizes, from the same state to the same state. */
import { describe, expect, it } from '@jest/globals';
import {
  bernoulli,
  Generator,
  normal,
  rand,
  randint,
  randn,
  randperm,
  type Tensor,
  truncNormal,
  uniform,
} from '../../src/index.js';
import { digest } from './digest.js';
import { type Close, type Exact, expectClose, expectExact, readBytes, readFixture } from './fixture.js';

type Draw = (n: number, generator: Generator) => Tensor;

const float64 = { dtype: 'float64' } as const;

/** Equal to the last bit. */
const EXACT: Readonly<Record<string, Draw>> = {
  'torch.rand(n)': (n, generator) => rand([n], { generator }),
  'torch.rand(n, dtype=torch.float64)': (n, generator) => rand([n], { ...float64, generator }),
  'torch.empty(n).uniform_(-0.3, 0.77)': (n, generator) => uniform([n], -0.3, 0.77, { generator }),
  'torch.empty(n, dtype=torch.float64).uniform_(-0.3, 0.77)': (n, generator) =>
    uniform([n], -0.3, 0.77, { ...float64, generator }),
  'torch.randn(n)': (n, generator) => randn([n], { generator }),
  'torch.empty(n).normal_(0.5, 0.02)': (n, generator) => normal([n], 0.5, 0.02, { generator }),
  'torch.randint(-5, 1000, (n,), dtype=torch.int32)': (n, generator) => randint([n], -5, 1000, { generator }),
  'torch.randint(-2**31, 2**31, (n,), dtype=torch.int32)': (n, generator) =>
    randint([n], -(2 ** 31), 2 ** 31, { generator }),
  'torch.randint(-5, 1000, (n,), dtype=torch.float32)': (n, generator) =>
    randint([n], -5, 1000, { dtype: 'float32', generator }),
  'torch.randint(1 - 2**53, 2**53, (n,), dtype=torch.float64)': (n, generator) =>
    randint([n], 1 - 2 ** 53, 2 ** 53, { ...float64, generator }),
  'torch.randint(0, 2, (n,), dtype=torch.bool)': (n, generator) =>
    randint([n], 0, 2, { dtype: 'bool', generator }),
  'torch.randperm(n, dtype=torch.int32)': (n, generator) => randperm(n, { generator }),
  'torch.empty(n).bernoulli_(0.3)': (n, generator) => bernoulli([n], 0.3, { generator }),
  'torch.empty(n, dtype=torch.float64).bernoulli_(0.3)': (n, generator) =>
    bernoulli([n], 0.3, { ...float64, generator }),
};

interface CloseDraw {
  readonly draw: Draw;
  /** Of the value, or of the mean if that is larger, which is added last. */
  readonly ulps: number;
  readonly mean?: number;
}

/**
 * Equal but for rounding: log, sin, cos and exp are those of the JavaScript engine here and those of the C library
 * there, which may each differ in the last bit. In float64 the inverse error function multiplies that.
 */
const CLOSE: Readonly<Record<string, CloseDraw>> = {
  'torch.randn(n, dtype=torch.float64)': {
    draw: (n, generator) => randn([n], { ...float64, generator }),
    ulps: 4,
  },
  'torch.empty(n, dtype=torch.float64).normal_(3, 0.5)': {
    draw: (n, generator) => normal([n], 3, 0.5, { ...float64, generator }),
    ulps: 2,
    mean: 3,
  },
  'torch.nn.init.trunc_normal_(torch.empty(n))': {
    draw: (n, generator) => truncNormal([n], 0, 1, -2, 2, { generator }),
    ulps: 2,
  },
  'torch.nn.init.trunc_normal_(torch.empty(n), 1, 0.5, 0, 1.2)': {
    draw: (n, generator) => truncNormal([n], 1, 0.5, 0, 1.2, { generator }),
    ulps: 2,
    mean: 1,
  },
  'torch.nn.init.trunc_normal_(torch.empty(n, dtype=torch.float64))': {
    draw: (n, generator) => truncNormal([n], 0, 1, -2, 2, { ...float64, generator }),
    ulps: 8,
  },
  'torch.nn.init.trunc_normal_(torch.empty(n, dtype=torch.float64), 1, 0.5, 0, 1.2)': {
    draw: (n, generator) => truncNormal([n], 1, 0.5, 0, 1.2, { ...float64, generator }),
    ulps: 8,
    mean: 1,
  },
};

/** What `torch.rand(1)` gives next. */
interface Following {
  readonly next: number;
}

interface Entry<Values> {
  readonly draw: string;
  readonly seed: number;
  readonly cases: readonly (Values & Following & { readonly size: number })[];
}

const DRAWS = readFixture<Entry<Exact & Close>>('draws.json');

function entriesOf(table: Readonly<Record<string, unknown>>) {
  return DRAWS.filter(({ draw }) => Object.hasOwn(table, draw)).map(
    (entry) => [entry.draw, entry.seed, entry] as const,
  );
}

describe('after the same seed, equal to the last bit', () => {
  it.each(entriesOf(EXACT))('%s, seed %i', (name, seed, { cases }) => {
    for (const expected of cases) {
      const generator = new Generator(seed);
      expectExact(EXACT[name](expected.size, generator), expected);
      expect(rand([], { generator }).item()).toBe(expected.next);
    }
  });
});

describe('after the same seed, equal but for rounding', () => {
  it.each(entriesOf(CLOSE))('%s, seed %i', (name, seed, { cases }) => {
    const { draw, ulps, mean } = CLOSE[name];
    for (const expected of cases) {
      const generator = new Generator(seed);
      expectClose(draw(expected.size, generator), expected, ulps, mean);
      expect(rand([], { generator }).item()).toBe(expected.next);
    }
  });
});

describe('the fixture of draws', () => {
  it('holds nothing that is not compared', () => {
    const names = new Set(DRAWS.map(({ draw }) => draw));
    expect([...names].sort()).toEqual([...Object.keys(EXACT), ...Object.keys(CLOSE)].sort());
  });
});

interface Step extends Close {
  readonly draw: string;
  readonly size: number;
  /** A digest of `torch.get_rng_state()` after the draw, the eight bytes of the kept normal number left out. */
  readonly state: string;
  /** That number, 0 where there is none. */
  readonly kept: number;
  /** Whether state.bin is `torch.get_rng_state()` after the draw. */
  readonly isSaved: boolean;
}

describe('draws that follow each other', () => {
  const steps = readFixture<Step>('sequence.json');
  const KEPT = 5024;

  function expectStep(generator: Generator, step: Step): void {
    const { draw, ulps, mean } = CLOSE[step.draw] ?? { draw: EXACT[step.draw], ulps: 0 };
    expectClose(draw(step.size, generator), step, ulps, mean);
    const state = generator.getState();
    const view = new DataView(state.buffer);
    expect(view.getFloat64(KEPT, true)).toBeCloseTo(step.kept, 14);
    view.setFloat64(KEPT, 0, true);
    expect(digest(state)).toBe(step.state);
  }

  it('give the numbers of PyTorch and leave its state byte by byte, small and large normal fills in turn', () => {
    const generator = new Generator(42);
    expect(steps.length).toBeGreaterThan(10);
    for (const step of steps) expectStep(generator, step);
  });

  it('go on from a state that PyTorch saved, in the middle of a block and of a pair of normal numbers', () => {
    const saved = steps.findIndex(({ isSaved }) => isSaved);
    expect(steps[saved].kept).not.toBe(0);
    const generator = new Generator(1).setState(Uint8Array.from(readBytes('state.bin')));
    for (const step of steps.slice(saved + 1)) expectStep(generator, step);
  });
});
