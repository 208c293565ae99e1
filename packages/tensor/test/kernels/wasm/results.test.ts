import { describe, expect, it } from '@jest/globals';
import {
  concat,
  Generator,
  randn,
  setBackend,
  setRelaxedSimd,
  type Tensor,
  type TypedArray,
  tensor,
  zeros,
} from '../../../src/index.js';
import { drop, hold, newResult } from '../../../src/kernels/wasm/results.js';
import { collectTensors } from '../../../src/scope.js';
import { valuesOf } from '../../../src/tensor.js';

/** Large enough to be remembered. */
const LENGTH = 10007;

const x = randn([LENGTH], { generator: new Generator(3) });

const bufferOf = (t: Tensor) => valuesOf('test', t).buffer;

/** What a tensor's values should be, in an array of their own. */
const copyOf = (t: Tensor): TypedArray => valuesOf('test', t).slice();

const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray) =>
  Buffer.from(buffer, byteOffset, byteLength);

const isSame = (a: TypedArray, b: TypedArray) => bytesOf(a).equals(bytesOf(b));

describe('the array of a result that is disposed of', () => {
  it('is filled again by the next result of its size', () => {
    const result = x.neg();
    const buffer = bufferOf(result);
    result.dispose();
    const next = x.abs();
    expect(bufferOf(next)).toBe(buffer);
    expect(next.tolist()).toEqual((x.tolist() as number[]).map(Math.abs));
  });

  it('is filled again with another dtype of the same size', () => {
    const result = x.neg();
    const buffer = bufferOf(result);
    result.dispose();
    const whole = x.to('int32');
    expect(bufferOf(whole)).toBe(buffer);
    expect(whole.tolist()).toEqual((x.tolist() as number[]).map((value) => Math.trunc(value) + 0));
  });

  it('takes nothing of the old values along into products, which find operands in wasm memory', () => {
    const [a, b] = [1, 2].map((seed) => randn([101, 101], { generator: new Generator(seed) })) as [
      Tensor,
      Tensor,
    ];
    const first = a.add(b);
    const buffer = bufferOf(first);
    for (let i = 0; i < 3; i++) first.matmul(a);
    first.dispose();
    const second = a.sub(b);
    expect(bufferOf(second)).toBe(buffer);
    const product = second.matmul(a);
    const exact = a.to('float64').sub(b.to('float64')).matmul(a.to('float64'));
    expect(product.to('float64').sub(exact).abs().amax().item()).toBeLessThan(1e-4);
  });

  it.each<[string, (t: Tensor) => Tensor]>([
    ['reshape', (t) => t.reshape([1, LENGTH])],
    ['assign', (t) => zeros([LENGTH]).assign(t)],
  ])('is left alone while a tensor shares it by %s', (_, share) => {
    const result = x.neg();
    const values = copyOf(result);
    const other = share(result);
    result.dispose();
    const next = x.abs();
    expect(bufferOf(next)).not.toBe(bufferOf(other));
    expect(copyOf(other)).toEqual(values);
    const shared = bufferOf(other);
    other.dispose();
    expect(bufferOf(x.abs())).toBe(shared);
  });

  it('is left alone once data() has given it out', async () => {
    const result = x.neg();
    const given = await result.data();
    const values = given.slice();
    result.dispose();
    expect(bufferOf(x.abs())).not.toBe(given.buffer);
    expect(given).toEqual(values);
  });

  it('is left alone if it is not a result but an array that somebody brought', () => {
    const own = new Float32Array(LENGTH).fill(7);
    tensor(own).dispose();
    x.abs();
    expect(own.every((value) => value === 7)).toBe(true);
  });

  it('is filled again when another value takes its place', () => {
    const parameter = zeros([LENGTH]);
    parameter.assign(x.neg());
    const buffer = bufferOf(parameter);
    const next = x.abs();
    parameter.assign(next);
    next.dispose();
    expect(bufferOf(x.neg())).not.toBe(bufferOf(parameter));
    expect([bufferOf(x.exp()), bufferOf(x.neg())]).not.toContain(bufferOf(parameter));
    expect(bufferOf(parameter)).not.toBe(buffer);
    expect(copyOf(parameter)).toEqual(copyOf(x.abs()));
  });
});

describe('arrays that wait to be filled again', () => {
  it('take 256 MB at most, of which the sizes last that were asked for last', () => {
    // Of arrays that nobody writes to the system hands out no pages.
    const sizes = [25e6, 24e6, 23e6];
    const buffers = sizes.map((length) => {
      const array = newResult('float32', length);
      hold(array);
      drop(array);
      return array.buffer;
    });
    const again = sizes.map((length) => newResult('float32', length).buffer);
    expect(again.map((buffer, i) => buffer === buffers[i])).toEqual([false, true, true]);
  });
});

describe('any order of making, sharing and disposing', () => {
  it('leaves every living tensor with its own values', () => {
    const generator = new Generator(11);
    const random = (n: number) =>
      Math.min(n - 1, Math.floor(randn([1], { generator }).abs().item() * n * 0.4));
    const ops: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
      (a) => a.neg(),
      (a) => a.relu(),
      (a, b) => a.maximum(b),
      (a, b) => concat([a.narrow(0, 0, 5000), b.narrow(0, 5000, LENGTH - 5000)]),
      (a) => a.flip(0),
      (a) => a.reshape([LENGTH, 1]).reshape([LENGTH]),
      (a) => a.to('int32').to('float32'),
    ];
    const living: { readonly tensor: Tensor; values: TypedArray }[] = [{ tensor: x, values: copyOf(x) }];
    for (let step = 0; step < 400; step++) {
      const [a, b] = [living[random(living.length)], living[random(living.length)]] as [
        (typeof living)[0],
        (typeof living)[0],
      ];
      const op = ops[random(ops.length)] as (typeof ops)[0];
      // The reference kernels never fill an array twice.
      setBackend('reference');
      const expected = copyOf(op(tensor(a.values), tensor(b.values)));
      setBackend('wasm');
      const [result] = collectTensors(() => op(a.tensor, b.tensor));
      if (step % 7 === 3 && a.tensor !== x) {
        a.tensor.assign(result);
        a.values = expected;
        result.dispose();
      } else living.push({ tensor: result, values: expected });
      if (living.length > 12) living.splice(1 + random(11), 1)[0]?.tensor.dispose();
      // Another machine has another memory.
      if (step % 31 === 30) setRelaxedSimd(step % 2 === 0);
      if (step % 13 === 12) (living[random(living.length)] as (typeof living)[0]).tensor.dataSync();
      // Whoever reads all has none left whose values wait in wasm memory.
      if (step % 10 !== 9) continue;
      expect(living.findIndex(({ tensor, values }) => !isSame(valuesOf('test', tensor), values))).toBe(-1);
    }
  });
});
