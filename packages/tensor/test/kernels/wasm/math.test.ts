/** Tests of the functions of wasm against the same ones in double precision: how many ulp they are off, over all float32. */
import { describe, expect, it } from '@jest/globals';
import { erf } from '../../../src/kernels/erf.js';
import { SCALARS, type ScalarName, type ScalarOp } from '../../../src/kernels/scalars.js';
import { elementwise } from '../../../src/kernels/wasm/elementwise.js';
import { hasRelaxedSimd } from '../../../src/kernels/wasm/engine.js';
import { Machine, withMachine } from '../../../src/kernels/wasm/machine.js';

/** 1 - Phi(t) for t above 0, where Phi is the normal distribution function; above 2 by Abramowitz and Stegun 26.2.14. */
function normalTail(t: number): number {
  if (t < 2) return 0.5 * (1 - erf(t * Math.SQRT1_2));
  let fraction = t;
  for (let n = 100; n > 0; n--) fraction = t + n / fraction;
  return Math.exp(-0.5 * t * t) / Math.sqrt(2 * Math.PI) / fraction;
}

/** x times a distribution function, given how much of it lies beyond |x|; no digits are lost for x below 0. */
const weighted = (tail: (t: number) => number) => (x: number) => x * (x < 0 ? tail(-x) : 1 - tail(x));

const geluTanhTail = (t: number) => 1 / (1 + Math.exp(2 * 0.7978845608028654 * (t + 0.044715 * t * t * t)));

/** Functions of one number: the bound in ulp, and points near which they change their ways. */
interface Unary {
  readonly bound: number;
  readonly around: readonly number[];
  /** Instead of the scalar function, where that loses digits itself. */
  readonly truth?: (x: number) => number;
}

const QUARTER_TURNS = [1, 2, 3, 4, 5, 8, 100, 1e4, 1e6, 1e9, 1e20].map((n) => (n * Math.PI) / 2);
const LN2_STEPS = [0.5, 1, 1.5, 2.5, 10.5].map((n) => n * Math.LN2);

const UNARY: Readonly<Partial<Record<ScalarName, Unary>>> = {
  exp: { bound: 2, around: [...LN2_STEPS, 88.72284, 87.33655, 103.27893, 103.972084, 104] },
  expm1: { bound: 4, around: [...LN2_STEPS, 88.72284, 17.3, 18, 2.9802322e-8] },
  log: { bound: 2, around: [Math.SQRT1_2, Math.SQRT2, 1.17549435e-38] },
  log1p: { bound: 4, around: [Math.SQRT1_2 - 1, Math.SQRT2 - 1, 1.4e-45, 16777216] },
  rsqrt: { bound: 4, around: [1.17549435e-38] },
  sin: { bound: 4, around: [...QUARTER_TURNS, Math.PI / 4, 524288] },
  cos: { bound: 4, around: [...QUARTER_TURNS, Math.PI / 4, 524288] },
  tan: { bound: 4, around: [...QUARTER_TURNS, Math.PI / 4, 524288] },
  tanh: { bound: 4, around: [...LN2_STEPS, 0.625, 9.01, 10] },
  erf: { bound: 4, around: [1, 3.9, 4] },
  sigmoid: { bound: 4, around: [...LN2_STEPS, 17, 87.33655, 103.972084] },
  silu: { bound: 4, around: [...LN2_STEPS, 87.33655, 91, 103.972084, 108.6, 125] },
  gelu: { bound: 4, around: [1, 13, 13.2, 14.1, 14.5], truth: weighted(normalTail) },
  geluTanh: { bound: 4, around: [1, 7, 9.5, 10.2, 11], truth: weighted(geluTanhTail) },
};

/** What all functions are tried on: the ends and the steps of the floats, and 1. */
const EVERYWHERE = [0, 1e-45, 1.17549435e-38, 3.4028235e38, Infinity, 1, 2 ** -12, 2 ** -24, 0.5, 2];

const SAMPLES = 200_000;

/** Bit patterns evenly over all of float32, and the 9 nearest ones on either side of points and of their opposites. */
function samples(around: readonly number[]): Float32Array {
  const points = Int32Array.from({ length: SAMPLES }, (_, i) => i * 21473);
  const near = new Int32Array(Float32Array.from([...EVERYWHERE, ...around].flatMap((x) => [x, -x])).buffer);
  const neighbours = [...near].flatMap((bits) => Array.from({ length: 19 }, (_, i) => bits + i - 9));
  return new Float32Array(Int32Array.from([...neighbours, ...points]).buffer);
}

/** How far `value` is from the truth, in units of the last place that float32 has there. */
function ulp(value: number, truth: number): number {
  if (Object.is(value, Math.fround(truth))) return 0;
  // 2^128 is what would come after the largest float, and infinity stands for it.
  const finite = Math.abs(value) === Infinity ? Math.sign(value) * 2 ** 128 : value;
  const exponent = Math.max(-126, Math.min(127, Math.floor(Math.log2(Math.abs(truth)))));
  const distance = Math.abs(finite - truth) / 2 ** (exponent - 23);
  // NaN for a number, 0 with the wrong sign, or infinity for something far away from it.
  return distance > 0 ? distance : Infinity;
}

/** The farthest value off, with what it is the value of. */
function worst(
  name: ScalarName,
  inputs: readonly Float32Array[],
  f: (...x: number[]) => number,
): { ulp: number; at: readonly number[] } {
  const length = inputs[0]!.length;
  const values = elementwise(
    name,
    inputs.map((data) => ({ data, strides: [1] })),
    [length],
    'float32',
  );
  let found = { ulp: 0, at: [] as readonly number[] };
  for (let i = 0; i < length; i++) {
    const at = inputs.map((input) => input[i]!);
    const distance = ulp(values[i]!, f(...at));
    if (!(distance <= found.ulp)) found = { ulp: distance, at };
  }
  return found;
}

const scalarOf = (name: ScalarName) => (SCALARS[name] as ScalarOp).f as (...x: number[]) => number;

/** Anything, from Lehmer's generator. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** Columns of numbers that `draw` gives by rows, after all combinations of the special ones. */
function drawn(width: number, draw: (next: () => number) => readonly number[]): Float32Array[] {
  const special = [0, 1, 2, 0.5, 3, 20, 1e-45, 1.17549435e-38, 3.4028235e38, 16777217, Infinity];
  const all = [...special.flatMap((x) => [x, -x]), Number.NaN];
  const rows = all.flatMap((a) => all.map((b): readonly number[] => [a, b, 20]));
  const next = random(width);
  while (rows.length < SAMPLES) rows.push(draw(next));
  return Array.from({ length: width }, (_, i) => Float32Array.from(rows, (row) => row[i]!));
}

/** Any bit pattern. */
const anything = (next: () => number) => new Float32Array(Int32Array.of(next() * 2 ** 32).buffer)[0]!;

/** A number of either sign whose size is 10 to some power. */
function spread(next: () => number, low: number, high: number): number {
  return (next() < 0.5 ? -1 : 1) * 10 ** (low + (high - low) * next());
}

// Asking for it also switches it on.
const VARIANTS = hasRelaxedSimd() ? (['plain', 'relaxed'] as const) : (['plain'] as const);

describe.each(VARIANTS)('with %s SIMD', (simd) => {
  const machine = new Machine(simd, false, 1);

  it.each(Object.entries(UNARY))(
    '%s is right to within its bound everywhere',
    (name, { around, bound, truth }) => {
      const f = truth ?? scalarOf(name as ScalarName);
      const found = withMachine(machine, () => worst(name as ScalarName, [samples(around)], f));
      expect(found.ulp <= bound ? 'within' : found).toBe('within');
    },
  );

  it('pow is right to within 4 ulp, and has the special values of C', () => {
    const pairs = drawn(2, (next) =>
      next() < 0.3
        ? [anything(next), anything(next)]
        : [spread(next, -4, 4), next() < 0.4 ? Math.round(20 * next() - 10) : spread(next, -3, 2)],
    );
    const found = withMachine(machine, () => worst('pow', pairs, scalarOf('pow')));
    expect(found.ulp <= 4 ? 'within' : found).toBe('within');
  });

  it('pow rounds squares once', () => {
    const x = samples([]).map((value) => Math.abs(value));
    const squares = withMachine(machine, () =>
      elementwise(
        'pow',
        [
          { data: x, strides: [1] },
          { data: Float32Array.of(2), strides: [0] },
        ],
        [x.length],
        'float32',
      ),
    );
    expect(squares.findIndex((value, i) => !Object.is(value, Math.fround(x[i]! * x[i]!)))).toBe(-1);
  });

  it('softplus is right to within 4 ulp for any slope and threshold', () => {
    const triples = drawn(3, (next) => [
      next() < 0.3 ? anything(next) : 300 * (next() - 0.5),
      next() < 0.5 ? 1 : spread(next, -1, 1),
      next() < 0.7 ? 20 : 500 * next(),
    ]);
    const found = withMachine(machine, () => worst('softplus', triples, scalarOf('softplus')));
    expect(found.ulp <= 4 ? 'within' : found).toBe('within');
  });

  it.each(['remainder', 'floorDivide'] as const)('%s is exact', (name) => {
    const pairs = drawn(2, (next) =>
      next() < 0.3 ? [anything(next), anything(next)] : [spread(next, -2, 8), spread(next, -4, 2)],
    );
    const found = withMachine(machine, () => worst(name, pairs, scalarOf(name)));
    expect(found).toEqual({ ulp: 0, at: [] });
  });

  // Slopes have zeros of their own, next to which only the terms that cancel there have so many digits.
  it.each(['tanhGrad', 'sigmoidGrad', 'siluGrad', 'geluGrad'] as const)(
    '%s is right to within 4 ulp of 1, and of itself where it is large',
    (name) => {
      const x = Float32Array.from(
        { length: SAMPLES },
        (_, i) => (i / SAMPLES - 0.5) * (name === 'tanhGrad' ? 2 : 40),
      );
      const f = scalarOf(name);
      const ones = { data: Float32Array.of(1), strides: [0] };
      const values = withMachine(machine, () =>
        elementwise(name, [ones, { data: x, strides: [1] }], [x.length], 'float32'),
      );
      const errors = x.map((value, i) => {
        const truth = f(1, value);
        return Math.abs(values[i]! - truth) / Math.max(1, Math.abs(truth));
      });
      expect(errors.reduce((a, b) => Math.max(a, b))).toBeLessThan(4 * 2 ** -23);
    },
  );
});
