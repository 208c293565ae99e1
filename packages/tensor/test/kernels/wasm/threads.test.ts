// Threads: the same bits for any number of them, and what happens when one traps, dies, or is not needed.
/// <reference path="../../../src/kernels/wasm/webassembly.d.ts" />
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  add,
  conv2d,
  cpuInfo,
  exp,
  LowrankError,
  linear,
  manualSeed,
  matmul,
  rand,
  setNumThreads,
  softmax,
  sum,
  type Tensor,
} from '../../../src/index.js';
import { runningMachine, theMachine } from '../../../src/kernels/wasm/machine.js';
import { CONTROL, forgetLosses, Pool, threadsToUse } from '../../../src/kernels/wasm/threads.js';
import { WORDS } from '../../../src/kernels/wasm/worker.js';

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Until it is so, or the test has taken too long. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Until `pool` has so many workers ready: it starts them where there is much to do. */
async function workers(pool: Pool, ready: number, launch: () => void): Promise<void> {
  await until(() => {
    launch();
    return pool.ready === ready;
  });
}

afterEach(() => {
  setNumThreads(1);
});

describe('any number of threads', () => {
  const bits = (x: Tensor) => new Uint32Array((x.dataSync() as Float32Array).slice().buffer);

  const computations: Record<string, () => Tensor> = {
    'a square matrix product': () => matmul(rand([257, 263]), rand([263, 259])),
    'a tall matrix product': () => matmul(rand([4099, 131]), rand([131, 7])),
    'a transposed and batched product': () =>
      matmul(rand([3, 127, 200]), rand([3, 190, 127]), { transposeA: true, transposeB: true }),
    'a linear map of very few rows': () => linear(rand([3, 260]), rand([2503, 260]), { bias: rand([2503]) }),
    'a linear map of few rows': () => linear(rand([13, 201]), rand([2503, 201]), { bias: rand([2503]) }),
    'an elementwise function': () => exp(rand([300_007])),
    'a broadcast sum': () => add(rand([511, 601]), rand([601])),
    'a sum of all': () => sum(rand([300_007])),
    'sums of columns': () => sum(rand([611, 509]), [0]),
    softmax: () => softmax(rand([601, 499]), 1),
    'a convolution': () => conv2d(rand([4, 8, 29, 31]), rand([16, 8, 3, 3]), { padding: 1 }),
  };

  const results = new Map<number, Record<string, Uint32Array>>();

  beforeAll(async () => {
    const [a, b] = [rand([384, 64]), rand([64, 512])];
    for (const threads of [1, 2, 4]) {
      setNumThreads(threads);
      const pool = theMachine()?.pool;
      if (pool !== undefined) await workers(pool, threads - 1, () => matmul(a, b));
      manualSeed(7);
      const entries = Object.entries(computations).map(([name, compute]) => [name, bits(compute())]);
      results.set(threads, Object.fromEntries(entries));
    }
  });

  it.each(Object.keys(computations))('gives the same bits of %s', (name) => {
    const alone = results.get(1)?.[name] as Uint32Array;
    for (const threads of [2, 4]) {
      const shared = results.get(threads)?.[name] as Uint32Array;
      expect(shared.length).toBe(alone.length);
      expect(shared.findIndex((word, i) => word !== alone[i])).toBe(-1);
    }
  });

  it('is what cpuInfo tells, with the reason where it is one', () => {
    setNumThreads(3);
    expect(cpuInfo().threads).toBe(3);
    expect(cpuInfo().reasons.threads).toBeUndefined();
    setNumThreads(1);
    expect(cpuInfo().threads).toBe(1);
    expect(cpuInfo().reasons.threads).toMatch(/one thread was asked for/);
    setNumThreads(100_000);
    expect(threadsToUse()).toEqual({ threads: 193, reason: 'there can be 193 at most' });
  });

  it('has workers only once there is much to do', () => {
    setNumThreads(4);
    matmul(rand([2, 2]), rand([2, 2]));
    expect(theMachine()?.pool?.ready).toBe(0);
  });

  it('copies large arrays whole into shared memory and out of it', () => {
    setNumThreads(2);
    const machine = theMachine();
    const values = Float32Array.from({ length: 5001 }, (_, i) => Math.sin(i));
    const address = machine?.residency.allocate(values.byteLength) as number;
    machine?.write(address, values);
    expect(machine?.read(address, new Float32Array(values.length))).toEqual(values);
    machine?.residency.release(address);
  });
});

describe('a kernel that traps', () => {
  const outOfBounds = [2 ** 32 - 64, 0, 1, 1, 8, 1, 1, 1, 64];

  it.each([1, 2])('is an error that names it, with %i threads, and the next op works', (threads) => {
    setNumThreads(threads);
    const machine = theMachine();
    expect(() => machine?.launch('packPanels', 64, outOfBounds)).toThrow(LowrankError);
    expect(() => machine?.launch('packPanels', 64, outOfBounds)).toThrow(
      /^packPanels: the kernel failed in chunk \d+: RuntimeError: memory access out of bounds/,
    );
    expect(runningMachine().machine).not.toBe(machine);
    expect(matmul(rand([30, 20]), rand([20, 40])).shape).toEqual([30, 40]);
  });
});

/** A module whose kernels do nothing, trap, or never end. */
function strangeModule(): WebAssembly.Module {
  const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
  const section = (id: number, items: number[][]) => [
    id,
    items.flat().length + 1,
    items.length,
    ...items.flat(),
  ];
  const nothing = [2, 0, 0x0b];
  const trap = [3, 0, 0x00, 0x0b];
  const forever = [7, 0, 0x03, 0x40, 0x0c, 0, 0x0b, 0x0b];
  return new WebAssembly.Module(
    Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      // Types: (i32) and (i32, i32), both without a result.
      ...section(1, [
        [0x60, 1, 0x7f, 0],
        [0x60, 2, 0x7f, 0x7f, 0],
      ]),
      // A shared memory of 1 to 65536 pages.
      ...section(2, [[...text('env'), ...text('memory'), 2, 3, 1, 0x80, 0x80, 4]]),
      ...section(3, [[0], [1], [1], [1]]),
      ...section(
        7,
        ['useScratch', 'nothing', 'trap', 'forever'].map((name, i) => [...text(name), 0, i]),
      ),
      ...section(10, [nothing, nothing, trap, forever]),
    ]),
  );
}

describe('a worker', () => {
  const [NOTHING, TRAP, FOREVER] = [1, 2, 3];
  const pools: Pool[] = [];

  /** A pool of one worker, whose main thread leaves it a chunk of each job, but first does what `meanwhile` says. */
  function poolOfTwo({ idle = 60_000, stalled = 60_000, meanwhile = () => {} }) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const control = new Int32Array(memory.buffer, CONTROL, WORDS.end);
    const leave = () => {
      if (pool.ready === 0) return;
      while (Atomics.load(control, WORDS.ticket) > 0);
      meanwhile();
    };
    const workplace = {
      modules: [strangeModule()],
      memory,
      kernels: ['useScratch', 'nothing', 'trap', 'forever'].map((name) => [name, leave] as const),
      parameters: 0,
      allocateScratch: () => 0,
    };
    const pool = new Pool(workplace, 2, { idle, stalled });
    pools.push(pool);
    return pool;
  }

  /** With its worker at work. */
  async function busyPool(options: Parameters<typeof poolOfTwo>[0] = {}) {
    const pool = poolOfTwo(options);
    pool.run(NOTHING, 100);
    await until(() => pool.ready === 1);
    return pool;
  }

  afterEach(() => {
    for (const pool of pools.splice(0)) pool.end();
    forgetLosses();
  });

  it('that traps makes an error here, and goes on', async () => {
    const pool = await busyPool();
    expect(() => pool.run(TRAP, 2)).toThrow(
      /^trap: the kernel failed in chunk \d: RuntimeError: unreachable/,
    );
    pool.run(NOTHING, 2);
    expect(pool.ready).toBe(1);
  });

  it('that dies while it has nothing to do is replaced', async () => {
    const pool = await busyPool();
    pool.kill(0);
    await until(() => pool.ready === 0);
    pool.run(NOTHING, 2);
    await until(() => pool.ready === 1);
    pool.run(NOTHING, 2);
    expect(pool.threads).toBe(2);
  });

  it('that dies with a chunk in its hands makes an error instead of a hang', async () => {
    const pool: Pool = await busyPool({ stalled: 300, meanwhile: () => pool.kill(0) });
    expect(() => pool.run(FOREVER, 2)).toThrow(
      /^forever: 1 of its chunks did not come back from their threads within 0.3 s: a worker thread must have died/,
    );
  });

  it('is given up after three losses, with the reason', async () => {
    const pool = await busyPool();
    for (let loss = 1; loss <= 3; loss++) {
      await until(() => pool.ready === 1);
      pool.kill(0);
      await until(() => pool.ready === 0);
      pool.run(NOTHING, 2);
    }
    expect(pool.threads).toBe(1);
    expect(pool.reason).toMatch(
      /^worker threads ended unexpectedly, 3 times: a worker thread was ended from outside/,
    );
  });

  it('that nobody needs ends, without being missed, and comes again', async () => {
    const pool = await busyPool({ idle: 30 });
    await until(() => pool.ready === 0);
    await turn();
    expect(pool.reason).toBeUndefined();
    pool.run(NOTHING, 2);
    await until(() => pool.ready === 1);
    for (let round = 0; round < 3; round++) {
      await until(() => pool.ready === 0);
      pool.run(NOTHING, 2);
      await until(() => pool.ready === 1);
    }
    expect(pool.threads).toBe(2);
  });
});
