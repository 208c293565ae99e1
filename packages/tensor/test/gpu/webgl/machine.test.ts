// The WebGL 2 machine over a context that computes nothing: what it asks of the driver, and what it says when that fails.
import { afterEach, describe, expect, it } from '@jest/globals';
import * as gpuJs from 'gpu.js';
import { DeviceError } from '../../../src/errors.js';
import type { GpuBuffer, GpuKernel, GpuMachine } from '../../../src/kernels/gpu/machine.js';
import { openHeadlessGl, openWebGl2 } from '../../../src/kernels/gpu/webgl/machine.js';
import type { GpuJs } from '../../../src/kernels/gpu/webgl/translate.js';
import { type FakeContext, fakeContext } from './fake-context.js';

const translator = gpuJs as unknown as GpuJs;
const page = globalThis as { OffscreenCanvas?: unknown };

/** Makes the context the one that a page would get. */
function inPageWith(context: unknown): Promise<GpuMachine | string> {
  page.OffscreenCanvas = class {
    getContext = () => context;
  };
  return openWebGl2(translator);
}

async function machineOn({ gl }: FakeContext): Promise<GpuMachine> {
  return (await inPageWith(gl)) as GpuMachine;
}

afterEach(() => {
  delete page.OffscreenCanvas;
});

const DOUBLE: GpuKernel = {
  name: 'double',
  source: 'function (a, n) { return 2 * a[this.thread.x + n]; }',
  inputs: ['a'],
  scalars: [{ name: 'n', type: 'int' }],
};

describe('opening WebGL 2', () => {
  it('says that there is no canvas outside of pages', async () => {
    expect(await openWebGl2(translator)).toBe('there is no canvas here');
  });

  it('says that the browser gives no context', async () => {
    expect(await inPageWith(null)).toBe('this browser gives no WebGL 2 context');
  });

  it('says that an adapter cannot write floats', async () => {
    const { gl } = fakeContext({ getExtension: () => null });
    expect(await inPageWith(gl)).toMatch(/EXT_color_buffer_float/);
  });

  it('takes a canvas of the document where there are no others', async () => {
    const { gl } = fakeContext();
    const document = { createElement: () => ({ getContext: () => gl }) };
    Object.assign(globalThis, { document });
    try {
      expect(await openWebGl2(translator)).toMatchObject({ info: { technology: 'webgl2' } });
    } finally {
      Reflect.deleteProperty(globalThis, 'document');
    }
  });

  it('tells which adapter it is, and its limits', async () => {
    const { info } = await machineOn(fakeContext());
    expect(info).toMatchObject({
      technology: 'webgl2',
      adapter: 'RENDERER',
      limits: { MAX_TEXTURE_SIZE: 16 },
    });
  });

  it('names the npm package that headless GL needs, where it is not installed', async () => {
    const outcome = await openHeadlessGl(translator);
    if (typeof outcome === 'string') expect(outcome).toMatch(/npm package gl/);
    else expect(outcome.info.technology).toBe('headless-gl');
  });
});

describe('memory in textures', () => {
  it('writes an array row by row, and the rest into the last row', async () => {
    const context = fakeContext();
    const machine = await machineOn(context);
    machine.upload(Float32Array.from({ length: 37 }, (_, i) => i));
    const [whole, rest] = context.callsOf('texSubImage2D');
    expect(whole?.slice(2, 6)).toEqual([0, 0, 16, 2]);
    expect(rest?.slice(2, 6)).toEqual([0, 2, 5, 1]);
    expect(Array.from(rest?.at(-1) as Float32Array)).toEqual([32, 33, 34, 35, 36]);
  });

  it('makes no texture larger than it must: small arrays have one short row', async () => {
    const context = fakeContext();
    const machine = await machineOn(context);
    expect(machine.upload(new Float32Array(3)).bytes).toBe(4 * 4);
    expect(machine.upload(new Float32Array(0)).bytes).toBe(4);
    expect(machine.upload(new Float32Array(16 * 9)).bytes).toBe(4 * 16 * 10);
  });

  it('gives the texture of an array that was freed to the next of its size', async () => {
    const context = fakeContext();
    const machine = await machineOn(context);
    machine.free(machine.upload(new Float32Array(40)));
    expect(machine.memory()).toEqual({ reservedBytes: 4 * 48, pooledBuffers: 1 });
    machine.run(DOUBLE, { inputs: [machine.upload(new Float32Array(2))], scalars: [0], length: 48 });
    expect(context.callsOf('createTexture')).toHaveLength(2);
    expect(machine.memory()).toEqual({ reservedBytes: 4 * 50, pooledBuffers: 0 });
  });

  it('refuses an array that no texture holds, and names the limit', async () => {
    const machine = await machineOn(fakeContext());
    expect(() => machine.upload(new Float32Array(257))).toThrow(
      new DeviceError(
        'gpu',
        'an array of 257 elements is too large for a texture of 16 x 16. Split it, or use WebGPU',
      ),
    );
  });

  it('gives back what waits in the pool before it says that the memory is used up', async () => {
    let isFull = false;
    const context = fakeContext({ getError: () => (isFull ? 'OUT_OF_MEMORY' : 'NO_ERROR') });
    const machine = await machineOn(context);
    machine.free(machine.upload(new Float32Array(40)));
    isFull = true;
    expect(() => machine.upload(new Float32Array(64))).toThrow(/out of memory: .* Use smaller batches/);
    expect(machine.memory()).toEqual({ reservedBytes: 0, pooledBuffers: 0 });
  });
});

describe('running kernels', () => {
  it('compiles a kernel once, and draws as many rows as the output has', async () => {
    const context = fakeContext();
    const machine = await machineOn(context);
    const x = machine.upload(new Float32Array(40));
    machine.run(DOUBLE, { inputs: [x], scalars: [7], length: 33 });
    machine.run(DOUBLE, { inputs: [x], scalars: [8], length: 33 });
    expect(context.callsOf('linkProgram')).toHaveLength(1);
    expect(context.callsOf('viewport')).toEqual([
      [0, 0, 16, 3],
      [0, 0, 16, 3],
    ]);
    expect(context.callsOf('uniform1i')).toEqual(
      expect.arrayContaining([
        ['user_n', 7],
        ['user_n', 8],
        ['outputLength', 33],
      ]),
    );
  });

  it('shows what the driver says of a kernel that does not compile', async () => {
    const machine = await machineOn(
      fakeContext({ getProgramParameter: () => false, getShaderInfoLog: () => 'ERROR: 0:7: no' }),
    );
    const x = machine.upload(new Float32Array(1));
    expect(() => machine.run(DOUBLE, { inputs: [x], scalars: [0], length: 1 })).toThrow(
      /^double: this kernel does not compile: ERROR: 0:7: no/,
    );
  });
});

describe('reading', () => {
  /** What a read gives where each number read back is its place. */
  async function readFrom(answers: Parameters<typeof fakeContext>[0], length: number): Promise<number[]> {
    const fill = (_: unknown, __: unknown, into: Float32Array) => void into.set(into.map((___, i) => i));
    const machine = await machineOn(fakeContext({ getBufferSubData: fill, ...answers }));
    return Array.from(await machine.read(machine.upload(new Float32Array(length))));
  }

  it('takes single numbers where the driver hands them out, and the first of four elsewhere', async () => {
    expect(await readFrom({}, 3)).toEqual([0, 1, 2]);
    const getParameter = (name: string) => (name === 'MAX_TEXTURE_SIZE' ? 16 : name);
    expect(await readFrom({ getParameter }, 3)).toEqual([0, 4, 8]);
  });

  it('waits until the fence has passed, with pauses when it takes long', async () => {
    let asked = 0;
    const clientWaitSync = () => (++asked < 60 ? 'TIMEOUT_EXPIRED' : 'CONDITION_SATISFIED');
    expect(await readFrom({ clientWaitSync }, 2)).toEqual([0, 1]);
    expect(asked).toBe(60);
  });

  it('rejects once the context is lost, before and during a read', async () => {
    await expect(readFrom({ isContextLost: () => true }, 2)).rejects.toThrow(DeviceError);
    let asked = 0;
    const whileWaiting = readFrom({ isContextLost: () => ++asked > 1 }, 2);
    await expect(whileWaiting).rejects.toThrow(/context was lost.*Call useGpu\(\) for a new one/);
  });

  it('tells that the context is lost as soon as a read finds out', async () => {
    const machine = await machineOn(fakeContext({ isContextLost: () => true }));
    const x = machine.upload(new Float32Array(1));
    await expect(machine.read(x)).rejects.toThrow(DeviceError);
    expect(await machine.lost).toBe('the WebGL context was lost');
  });

  it('tells that the context is lost when the browser does', async () => {
    let lose = () => {};
    const canvas = () => ({
      addEventListener: (_: string, listener: () => void) => {
        lose = listener;
      },
    });
    const machine = await machineOn(fakeContext({ canvas }));
    lose();
    expect(await machine.lost).toBe('the WebGL context was lost');
  });

  it('gives the context back when it is destroyed', async () => {
    let isLost = false;
    const loseContext = () => {
      isLost = true;
    };
    const machine = await machineOn(
      fakeContext({ getExtension: () => ({ loseContext, destroy: () => {} }) }),
    );
    const x: GpuBuffer = machine.upload(new Float32Array(1));
    machine.destroy();
    expect(isLost).toBe(true);
    expect(x.length).toBe(1);
  });
});
