/** The seam that all ops pass through: what a recorder sees, what ops are, and what is refused at the gate. */
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type Attrs,
  add,
  DeviceError,
  defineMultiOp,
  defineOp,
  dispatch,
  dispatchAll,
  GpuStorage,
  matmul,
  OPS,
  type Recorder,
  ShapeError,
  setRecorder,
  slice,
  softmax,
  sort,
  Tensor,
  type TypedArray,
  tensor,
} from '../src/index.js';
import type { OpInput } from '../src/op.js';
import { itRefuses, untyped } from './tables.js';

const x = tensor([
  [1, 2],
  [3, 4],
]);

/** What only an op of the CPU can look into. */
const onCpu = ({ data }: OpInput) => data as TypedArray;

const halves = defineMultiOp<{ readonly at: number }>({
  name: 'test.halves',
  infer: ([list], { at }) => [
    { shape: [at], dtype: list.dtype },
    { shape: [list.shape[0]! - at], dtype: list.dtype },
  ],
  forward: (_, [list], { at }) =>
    [0, at].map((start, i) => onCpu(list).slice(start, i === 0 ? at : undefined)),
});

const huge = defineOp<Attrs>({
  name: 'test.huge',
  infer: () => ({ shape: [2 ** 20, 2 ** 20], dtype: 'float32' }),
  forward: () => {
    throw new Error('never called');
  },
});

const negative = defineOp<Attrs>({
  name: 'test.negative',
  infer: () => ({ shape: [-1], dtype: 'float32' }),
  forward: () => new Float32Array(0),
});

const short = defineOp<Attrs>({
  name: 'test.short',
  infer: ([input]) => input,
  forward: () => new Float32Array(1),
});

const constant = defineOp<{ readonly value: number }>({
  name: 'test.constant',
  infer: () => ({ shape: [], dtype: 'float32' }),
  forward: (_, __, { value }) => Float32Array.of(value),
});

describe('an op', () => {
  it('is found by its name', () => {
    expect(OPS.get('matmul')?.name).toBe('matmul');
    expect(OPS.get('test.halves')).toBe(halves);
  });

  it('may have several outputs', () => {
    const outputs = dispatchAll(halves, [tensor([1, 2, 3])], { at: 1 });
    expect(outputs.map((output) => output.tolist())).toEqual([[1], [2, 3]]);
    expect(dispatch(halves, [tensor([1, 2, 3])], { at: 2 }).tolist()).toEqual([1, 2]);
  });

  it('may have no inputs', () => {
    expect(dispatch(constant, [], { value: 7 }).item()).toBe(7);
  });

  itRefuses(ShapeError, {
    'test.huge: [1048576, 1048576] has 1099511627776 elements': () => dispatch(huge, [x], {}),
    'test.negative: a shape is a list of whole numbers of at least 0, got [-1]': () =>
      dispatch(negative, [x], {}),
    'Tensor: a storage of 1 elements does not fill [2, 2]': () => dispatch(short, [x], {}),
  });
});

describe('devices', () => {
  const storage = new GpuStorage(untyped({}), { length: 2, bytes: 8 }, 'float32');
  const elsewhere = new Tensor(storage, [2], 'float32');
  itRefuses(DeviceError, {
    "add: inputs are on cpu and on gpu. Move what is on the CPU with to('gpu')": () =>
      add(tensor([1, 2]), elsewhere),
    "add: inputs are on gpu and on cpu. Move what is on the CPU with to('gpu')": () =>
      add(elsewhere, tensor([1, 2])),
    'softmax: no GPU is in use. Call await useGpu() first, or stay on the CPU': () => softmax(elsewhere),
  });
});

describe('a recorder', () => {
  const calls: { op: string; shapes: (readonly number[])[]; attrs: Attrs }[] = [];
  const watch: Recorder = (op, inputs, attrs, run) => {
    calls.push({ op: op.name, shapes: inputs.map((input) => input.shape), attrs });
    return run(op, inputs, attrs);
  };
  afterEach(() => {
    setRecorder(undefined);
    calls.length = 0;
  });

  it('sees every call with its inputs and attributes, and runs it', () => {
    setRecorder(watch);
    const y = matmul(x, x, { transposeA: true });
    expect(calls).toEqual([
      {
        op: 'matmul',
        shapes: [
          [2, 2],
          [2, 2],
        ],
        attrs: { transposeA: true, transposeB: false },
      },
    ]);
    expect(y.tolist()).toEqual([
      [10, 14],
      [14, 20],
    ]);
  });

  it('sees what an op is composed of', () => {
    setRecorder(watch);
    sort(x);
    slice(x, [0]);
    expect(calls.map((call) => call.op)).toEqual(['argsort', 'gather', 'slice', 'reshape']);
  });

  it('is given attributes that are plain data', () => {
    setRecorder(watch);
    slice(x, [[0, 1], null])
      .transpose()
      .expand([2, 2, 1])
      .topk(1);
    for (const { attrs } of calls) expect(JSON.parse(JSON.stringify(attrs))).toEqual(attrs);
    expect(calls.length).toBeGreaterThan(4);
  });

  it('is not called by the op that it runs, nor for calls that are refused before', () => {
    setRecorder(watch);
    expect(() => matmul(x, tensor([1]))).toThrow(ShapeError);
    expect(calls).toEqual([]);
  });

  it('may put other outputs in the place of those of the op', () => {
    setRecorder(() => [tensor(42)]);
    expect(add(x, x).item()).toBe(42);
  });

  it('is handed back when another takes its place', () => {
    expect(setRecorder(watch)).toBeUndefined();
    expect(setRecorder(undefined)).toBe(watch);
    add(x, x);
    expect(calls).toEqual([]);
  });
});
