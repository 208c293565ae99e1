/** Benches against peers: everything but the peers, of which none need be installed. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { CASES } from '../peers/src/cases.mjs';
import { Child } from '../peers/src/child.mjs';
import { contestantsOf, ENGINES, labelOf, modeOf, whyNotWide } from '../peers/src/contestants.mjs';
import { differenceOf, measureCase, median } from '../peers/src/measure.mjs';
import { integers, uniform } from '../peers/src/numbers.mjs';
import { matmulModel } from '../peers/src/onnx-model.mjs';
import { decodeFloats, encodeFloats, messageLine, messageReader } from '../peers/src/protocol.mjs';
import { startContestant } from '../peers/src/start.mjs';
import { caseTable } from '../peers/src/table.mjs';

const [lowrank, tfjs] = ENGINES;
const BUDGET = { rounds: 3, turn: 1e-4, total: 10, warmUp: 0, pause: 0, limit: 60 };
const TINY = { ...CASES[0], name: 'tiny', M: 3, K: 5, N: 4, flops: 120 };

describe('inputs', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(uniform(7, 5)).toEqual(uniform(7, 5));
    expect(uniform(7, 5)).not.toEqual(uniform(8, 5));
    expect(integers(7, 5, 10)).toEqual(integers(7, 5, 10));
  });

  it('are spread evenly over their range', () => {
    const values = Array.from(uniform(1, 10_000, 3));
    expect(Math.max(...values)).toBeLessThan(3);
    expect(Math.max(...values)).toBeGreaterThan(2.99);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-3);
    expect(Math.min(...values)).toBeLessThan(-2.99);
    expect(values.reduce((sum, value) => sum + value) / values.length).toBeCloseTo(0, 1);
    expect(new Set(integers(1, 1000, 10))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });
});

describe('the protocol', () => {
  it('carries float32 values as they are', () => {
    const values = Float32Array.of(0, -1.5, 3.4e38, 1e-45, Number.POSITIVE_INFINITY);
    expect(Array.from(decodeFloats(encodeFloats(values)))).toEqual(Array.from(values));
    expect(Array.from(decodeFloats(encodeFloats(values.subarray(1, 3))))).toEqual([-1.5, values[2]]);
  });

  it('finds messages however the stream is cut, and passes over what is none', () => {
    const messages = [{ a: 1 }, { text: 'zwei\n' }, { c: [3] }];
    const text = `hello\n${messages.map(messageLine).join('native noise\n')}`;
    for (const size of [1, 4, 7, text.length]) {
      const received: object[] = [];
      const read = messageReader((message) => received.push(message));
      for (let i = 0; i < text.length; i += size) read(text.slice(i, i + size));
      expect(received).toEqual(messages);
    }
  });
});

/** The fields of a protocol buffer message: numbers, or bytes. Written from the format, not from the encoder. */
function fieldsOf(bytes: readonly number[]): [number, number | number[]][] {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const fields: [number, number | number[]][] = [];
  while (at < bytes.length) {
    const key = varint();
    expect([0, 2]).toContain(key & 7);
    const value = varint();
    if ((key & 7) === 2) at += value;
    fields.push([key >> 3, (key & 7) === 0 ? value : bytes.slice(at - value, at)]);
  }
  expect(at).toBe(bytes.length);
  return fields;
}

/** The value at a path of field numbers, always the first of its number unless `[number, index]` says otherwise. */
function valueAt(bytes: readonly number[], ...path: (number | readonly [number, number])[]) {
  return path.reduce<number | readonly number[]>((message, step) => {
    const [number, index] = Array.isArray(step) ? step : [step as number, 0];
    return fieldsOf(message as number[]).filter(([field]) => field === number)[index][1];
  }, bytes);
}

describe('the ONNX model', () => {
  const model = Array.from(matmulModel({ M: 300, K: 5, N: 70_000 }));
  const textAt = (...path: Parameters<typeof valueAt> extends [unknown, ...infer P] ? P : never) =>
    String.fromCharCode(...(valueAt(model, ...path) as number[]));
  const shapeAt = (field: number, index: number) =>
    [0, 1].map((axis) => valueAt(model, 7, [field, index], 2, 1, 2, [1, axis], 1));

  it('is one MatMul of a and b to c', () => {
    expect(fieldsOf(valueAt(model, 7, 1) as number[])).toHaveLength(4);
    expect([textAt(7, 1, 1), textAt(7, 1, [1, 1]), textAt(7, 1, 2), textAt(7, 1, 4)]).toEqual([
      'a',
      'b',
      'c',
      'MatMul',
    ]);
  });

  it('names its inputs and its output with their shapes', () => {
    expect([textAt(7, 11, 1), textAt(7, [11, 1], 1), textAt(7, 12, 1)]).toEqual(['a', 'b', 'c']);
    expect([shapeAt(11, 0), shapeAt(11, 1), shapeAt(12, 0)]).toEqual([
      [300, 5],
      [5, 70_000],
      [300, 70_000],
    ]);
  });

  it('says which versions it is written in', () => {
    expect([valueAt(model, 1), valueAt(model, 8, 2)]).toEqual([7, 13]);
  });
});

describe('contestants', () => {
  const labels = (kind: string, choice = {}) =>
    contestantsOf({ kind }, { threads: 2, wide: false, engines: [], ...choice }).map(labelOf);

  it('are all engines on one thread, then those that have more', () => {
    expect(labels('step')).toEqual([
      'lowrank, 1 thread',
      'tfjs wasm, 1 thread',
      'jax-js wasm, 1 thread',
      'PyTorch, 1 thread',
      'PyTorch without AVX-512, 1 thread',
      'lowrank, 2 threads',
      'tfjs wasm, 2 threads',
      'PyTorch, 2 threads',
      'PyTorch without AVX-512, 2 threads',
    ]);
    expect(labels('step', { threads: 1 })).toHaveLength(5);
  });

  it('have wide rows where they run in WebAssembly', () => {
    expect(labels('matmul', { threads: 1, wide: true }).filter((label) => label.includes('wide'))).toEqual([
      'lowrank, 1 thread, wide',
      'tfjs wasm, 1 thread, wide',
      'jax-js wasm, 1 thread, wide',
      'onnxruntime-web, 1 thread, wide',
    ]);
  });

  it('are lowrank and those that are named', () => {
    expect(labels('step', { threads: 1, engines: ['tfjs cpu'] })).toEqual([
      'lowrank, 1 thread',
      'tfjs cpu, 1 thread',
    ]);
  });

  it('get the wide pass by a flag, but lowrank by a variable', () => {
    expect(modeOf({ engine: lowrank, threads: 2, wide: true })).toEqual({
      flags: [],
      env: { LOWRANK_NUM_THREADS: '2', LOWRANK_WIDE_SIMD: '1' },
    });
    expect(modeOf({ engine: tfjs, threads: 1, wide: true }).flags).toEqual([
      '--experimental-wasm-revectorize',
    ]);
    expect(modeOf({ engine: tfjs, threads: 1, wide: false }).flags).toEqual([]);
  });

  it('have no wide rows where V8 has no such pass', () => {
    const versions = (node: string) => ({ node, v8: '12.4' });
    expect(whyNotWide({ versions: versions('24.1.0'), arch: 'x64' })).toBeUndefined();
    expect(whyNotWide({ versions: versions('22.1.0'), arch: 'x64' })).toContain('Node 22.1.0');
    expect(whyNotWide({ versions: versions('24.1.0'), arch: 'arm64' })).toContain('arm64');
  });
});

/** A contestant's process that answers at once: its result, then the seconds of its turns. */
function fake({ values = [1, 2], times = [1], error = '' }) {
  const turns = [...times];
  return {
    stopped: false,
    stop() {
      this.stopped = true;
    },
    async answer({ question }: { question?: object }) {
      if (error !== '') throw new Error(error);
      if (question !== undefined) return { seconds: 2 * turns.shift()!, calls: 2 };
      return { about: 'a fake', values: encodeFloats(Float32Array.from(values)), secondsPerRun: times[0] };
    },
  };
}

function measureFakes(fakes: ReturnType<typeof fake>[], wide = fakes.map(() => false)) {
  const contestants = fakes.map((_, i) => ({ engine: ENGINES[wide[i] ? 0 : i], threads: 1, wide: wide[i] }));
  const waiting = [...fakes];
  const start = () => waiting.shift() as unknown as Child;
  return measureCase(TINY, contestants, BUDGET, { start });
}

describe('measuring', () => {
  it('gives medians, and medians of the ratios to lowrank in the same round', async () => {
    const fakes = [fake({ times: [1, 2, 3] }), fake({ times: [2, 2, 9] }), fake({ times: [1, 1, 1] })];
    const { rows } = await measureFakes(fakes, [false, false, true]);
    expect(rows.map(({ milliseconds, ratio, wideRatio }) => [milliseconds, ratio, wideRatio])).toEqual([
      [2000, 1, 2],
      [2000, 2, 2],
      [1000, 0.5, 1],
    ]);
    expect(rows[0].gflops).toBeCloseTo(TINY.flops / 2 / 1e9, 12);
    expect(fakes.every(({ stopped }) => stopped)).toBe(true);
  });

  it('lets the slow have fewer rounds', async () => {
    const { rows } = await measureFakes([fake({ times: [1, 2, 3] }), fake({ times: [6] })]);
    expect(rows.map(({ turns, ratio }) => [turns, ratio])).toEqual([
      [[1000, 2000, 3000], 1],
      [[6000], 3],
    ]);
  });

  it('shows who fails as absent, with the reason', async () => {
    const { rows } = await measureFakes([fake({ times: [1, 1, 1] }), fake({ error: 'no such backend' })]);
    expect(rows[1]).toMatchObject({ engine: 'tfjs wasm', absent: 'no such backend' });
    expect(rows[0].milliseconds).toBe(1000);
  });

  it('does not time who computes something else', async () => {
    const rival = fake({ values: [1, 2.001], times: [1, 1, 1] });
    const { rows } = await measureFakes([fake({ times: [1, 1, 1] }), rival]);
    expect(rows[1].wrong).toBe(true);
    expect(rows[1].absent).toMatch(/^disagrees with lowrank, 1 thread at element 1: 2\.00\d+ instead of 2$/);
    expect(rows[1].milliseconds).toBeUndefined();
  });

  it('finds NaN and missing values, and lets rounding pass', () => {
    const expected = Float32Array.of(1, 1000);
    expect(differenceOf(expected, Float32Array.of(1.05, 1000))).toBeUndefined();
    expect(differenceOf(expected, Float32Array.of(Number.NaN, 1000))).toContain('element 0');
    expect(differenceOf(expected, Float32Array.of(1))).toContain('1 instead of 2 values');
  });

  it('takes the middle value', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([5])]).toEqual([2, 2.5, 5]);
  });
});

describe('the table', () => {
  it('shows times, and below who is absent and why', () => {
    const row = { engine: 'lowrank', threads: 1, wide: true, about: 'lowrank 1' };
    const text = caseTable({
      name: 'tiny',
      about: '[1, 1] x [1, 1]',
      flops: 2,
      rows: [
        { ...row, milliseconds: 12.345, gflops: 6.7, ratio: 0.5, wideRatio: 1 },
        { engine: 'PyTorch', threads: 2, wide: false, absent: 'no python3' },
      ],
    });
    expect(text).toContain('tiny: [1, 1] x [1, 1]');
    expect(text).toMatch(/│ lowrank │ +1 │ +on │ 12\.3 │ +6\.70 │ +0\.500 │ +1\.00 │/);
    expect(text).toContain('  lowrank 1');
    expect(text).toContain('absent: PyTorch, 2 threads: no python3');
  });

  it('leaves out columns that nobody fills', () => {
    const row = { engine: 'lowrank', threads: 1, wide: false, about: '', milliseconds: 1, ratio: 1 };
    const text = caseTable({ name: 'step', about: '', rows: [row] });
    expect(text).not.toContain('GFLOPS');
    expect(text).not.toContain('lowrank, wide');
  });
});

describe('a process', () => {
  const children: Child[] = [];
  const run = (script: string) => {
    const child = new Child(process.execPath, ['-e', script]);
    children.push(child);
    return child;
  };
  afterEach(() => {
    for (const child of children.splice(0)) child.stop();
  });

  it('is asked, and answers', async () => {
    const child = run(`
      console.log('{"ready":true}');
      process.stdin.on('data', (line) => console.log(JSON.stringify({ got: JSON.parse(line) })));
    `);
    expect(await child.answer({ limit: 60 })).toEqual({ ready: true });
    expect(await child.answer({ question: { n: 1 }, limit: 60 })).toEqual({ got: { n: 1 } });
  });

  it('that reports an error, throws, or does not exist gives the reason', async () => {
    await expect(run(`console.log('{"error":"no gradient"}')`).answer({ limit: 60 })).rejects.toThrow(
      'no gradient',
    );
    await expect(run(`throw new Error('broken')`).answer({ limit: 60 })).rejects.toThrow(
      /broken.*exit code 1/,
    );
    await expect(run('process.exit(3)').answer({ limit: 60 })).rejects.toThrow(/without a word.*exit code 3/);
    await expect(new Child('no-such-program', []).answer({ limit: 60 })).rejects.toThrow('ENOENT');
  });

  it('that says nothing is stopped', async () => {
    await expect(run('setInterval(() => {}, 1000)').answer({ limit: 0.2 })).rejects.toThrow(
      'gave no answer within 0.2 s',
    );
  });
});

describe('lowrank as a contestant', () => {
  it.each([
    ['a product', TINY],
    ['a training step', { ...CASES.find(({ name }) => name === 'step')!, batch: 2 }],
  ])('delivers %s, and is timed', async (_, task) => {
    const contestants = [{ engine: lowrank, threads: 1, wide: false }];
    const { rows } = await measureCase(task, contestants, BUDGET, { start: startContestant });
    expect(rows[0].absent).toBeUndefined();
    expect(rows[0]).toMatchObject({ engine: 'lowrank', ratio: 1 });
    expect(rows[0].turns).toHaveLength(BUDGET.rounds);
    expect(rows[0].about).toContain('lowrank');
    expect(rows[0].milliseconds).toBeGreaterThan(0);
  });
});
