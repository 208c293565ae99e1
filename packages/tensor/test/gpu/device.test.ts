/** The device `gpu` as its users see it: making, moving, reading, refusing, losing. */
import { expect, it } from '@jest/globals';
import {
  arange,
  type Device,
  DeviceError,
  DTypeError,
  getDefaultDevice,
  gpuInfo,
  gpuMemory,
  indexSelect,
  manualSeed,
  oneHot,
  randn,
  ShapeError,
  saveSafetensors,
  serializeSafetensors,
  setDefaultDevice,
  svd,
  Tensor,
  tensor,
  tril,
  useGpu,
  zeros,
} from '../../src/index.js';
import { itRefuses, untyped } from '../tables.js';
import { loseDevice, onGpu } from './adapter.js';

const GPU = { device: 'gpu' } as const;

onGpu('a tensor on the GPU', () => {
  const x = () =>
    tensor(
      [
        [1, 2],
        [3, 4],
      ],
      GPU,
    );

  it('is made by creation functions, with the values that they give on the CPU', async () => {
    const drawn = (device: Device) => {
      manualSeed(3);
      return randn([2, 5], { device });
    };
    expect(await drawn('gpu').data()).toEqual(drawn('cpu').dataSync());
    expect(await arange(4, GPU).data()).toEqual(Int32Array.of(0, 1, 2, 3));
    expect(await zeros([2], GPU).data()).toEqual(new Float32Array(2));
    expect(await tensor([true, false], GPU).data()).toEqual(Uint8Array.of(1, 0));
  });

  it('is made by default once the default device is the GPU', () => {
    expect(getDefaultDevice()).toBe('cpu');
    setDefaultDevice('gpu');
    try {
      expect(tensor([1]).device).toBe('gpu');
      expect(tensor([1], { device: 'cpu' }).device).toBe('cpu');
    } finally {
      setDefaultDevice('cpu');
    }
  });

  it('goes there by to() and comes back by cpu(), as the same values', async () => {
    const moved = tensor([1.5, -2]).to('gpu');
    expect(moved.device).toBe('gpu');
    expect(moved.to('gpu')).toBe(moved);
    const back = await moved.cpu();
    expect([back.device, back.tolist()]).toEqual(['cpu', [1.5, -2]]);
  });

  it('is computed with, next to plain numbers, and only reading is awaited', async () => {
    const y = x().matmul(x(), { transposeB: true }).div(2).add(true);
    expect([y.device, y.shape]).toEqual(['gpu', [2, 2]]);
    expect(await y.data()).toEqual(Float32Array.of(3.5, 6.5, 6.5, 13.5));
  });

  it('keeps what is made beside it on its device', async () => {
    expect((await tril(x()).cpu()).tolist()).toEqual([
      [1, 0],
      [3, 4],
    ]);
    expect((await oneHot(tensor([1, 0], { dtype: 'int32', ...GPU })).cpu()).tolist()).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('prints itself without values', () => {
    expect(String(x())).toBe("tensor(..., device='gpu', size=(2, 2))");
    expect(String(arange(3, GPU))).toBe("tensor(..., device='gpu', size=(3,), dtype=int32)");
  });

  it('is stored by saveSafetensors, which waits for it', async () => {
    await expect(saveSafetensors('', { x: x() })).rejects.toThrow('path');
    expect(() => serializeSafetensors({ x: x() })).toThrow(DeviceError);
  });

  it('gives NaN for an index that was computed there and does not exist', async () => {
    const computed = tensor([0, 7], { dtype: 'int32', ...GPU }).add(0);
    expect(await indexSelect(tensor([5, 6], GPU), 0, computed).data()).toEqual(
      Float32Array.of(5, Number.NaN),
    );
  });

  itRefuses(DeviceError, {
    'dataSync: the values are on the GPU, and come only when they are awaited: use await x.data()': () =>
      x().dataSync(),
    'item: the values are on the GPU': () => x().sum().item(),
    'tolist: the values are on the GPU': () => x().tolist(),
    'to: the values are on the GPU, and come only when they are awaited': () => x().to('cpu'),
    "add: inputs are on gpu and on cpu. Move what is on the CPU with to('gpu')": () => x().add(tensor([1])),
    'svd: has no kernel for the GPU. Compute it on the CPU, with (await x.cpu())': () => svd(x()),
    'assign: a tensor on cpu cannot take a value on gpu': () =>
      tensor([
        [1, 2],
        [3, 4],
      ]).assign(x()),
    'oneHot: the indices are on the GPU': () => oneHot(arange(2, GPU).add(1)),
    'tensor: there is no device "tpu"; known devices: cpu, gpu': () =>
      tensor([1], { device: untyped('tpu') }),
  });

  itRefuses(DTypeError, {
    'tensor: the GPU computes in float32, not in float64': () => tensor([1], { dtype: 'float64', ...GPU }),
    'to: the GPU computes in float32': () => tensor([1], { dtype: 'float64' }).to('gpu'),
    'tensor: the GPU holds integers as float32, which is exact up to 16777216: 16777217 is beyond': () =>
      tensor([2 ** 24 + 1], { dtype: 'int32', ...GPU }),
    'cast: there is no float64 on the GPU': () => x().to('float64'),
  });

  itRefuses(ShapeError, {
    'indexSelect: index 7 is out of range: it must be at least 0 and less than 2': () =>
      indexSelect(tensor([5, 6], GPU), 0, tensor([0, 7], { dtype: 'int32', ...GPU })),
  });
});

onGpu('the GPU', () => {
  it('tells what it is', () => {
    const { technology, adapter, limits } = gpuInfo();
    expect(technology).toBe('webgpu');
    expect(adapter).not.toBe('');
    expect(limits.maxBufferSize).toBeGreaterThan(2 ** 20);
  });

  it('stays the same for later calls of useGpu', async () => {
    const x = tensor([1], GPU);
    await Promise.all([useGpu(), useGpu()]);
    expect(await x.data()).toEqual(Float32Array.of(1));
  });

  it('can be lost: what was on it says so, the CPU goes on, and it can be had again', async () => {
    const x = tensor([1, 2], GPU);
    const reading = x.add(1).data();
    const outcome = reading.catch((error: unknown) => error);
    await loseDevice();
    const late = await outcome;
    if (!(late instanceof Float32Array)) expect(late).toBeInstanceOf(DeviceError);
    expect(() => x.add(1)).toThrow(/add.*: no|the GPU is lost/);
    await expect(x.data()).rejects.toThrow(/lost/);
    expect(() => gpuMemory()).toThrow(/Call await useGpu\(\) first/);
    expect(tensor([1]).add(1).item()).toBe(2);

    await useGpu({ technology: 'webgpu' });
    expect(await tensor([1], GPU).add(1).data()).toEqual(Float32Array.of(2));
    expect(() => x.add(1)).toThrow(/on a GPU that is lost/);
    expect(new Tensor(Float32Array.of(1), [1], 'float32').device).toBe('cpu');
  });
});
