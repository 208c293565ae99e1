// The device `gpu` in a real browser: PyTorch's samples, training, and a lost device, on WebGPU and on WebGL 2.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  inChromium,
  WITH_WEBGPU,
  WITHOUT_ANY_GPU,
  WITHOUT_WEBGPU,
} from '../../../../tools/testing/chromium.js';
import { type GpuPages, startGpuPages } from './gpu-page.js';
import type * as inPage from './gpu-suite.js';

declare const suite: typeof inPage;

/** Of the 2,462 samples these are enough to reach all ops; Node runs all of them on WebGPU. */
const EVERY = 10;

/** For runs in software beside other tests; whether they hang is for the runner to say. */
const PATIENCE = 240_000;

inChromium('the GPU in Chromium', () => {
  let pages: GpuPages;

  beforeAll(async () => {
    pages = await startGpuPages();
  }, PATIENCE);

  afterAll(async () => {
    await pages?.close();
  });

  describe.each(['webgpu', 'webgl2'] as const)('by %s', (technology) => {
    it(
      'computes what PyTorch computes, forward and backward',
      async () => {
        const page = await pages.open(WITH_WEBGPU);
        const judgement = await page.evaluate(([name, every]) => suite.judge(name, every), [
          technology,
          EVERY,
        ] as const);
        expect(judgement.complaints).toEqual([]);
        expect(judgement.comparisons).toBeGreaterThan(300);
        const kinds = judgement.refusals.map(
          (refusal) => /float64|exact up to|has no kernel/.exec(refusal)?.[0],
        );
        expect(new Set(kinds)).toEqual(new Set(['float64', 'exact up to', 'has no kernel']));
        await page.close();
      },
      PATIENCE,
    );

    it(
      'trains LoRA to the losses of the CPU',
      async () => {
        const page = await pages.open(WITH_WEBGPU);
        const [onGpu, onCpu] = await page.evaluate((name) => suite.trainLora(name), technology);
        expect(onCpu.at(-1)).toBeLessThan((onCpu[0] as number) / 2);
        const differences = onGpu.map((loss, i) => Math.abs(loss - (onCpu[i] as number)));
        expect(differences).toHaveLength(20);
        expect(Math.max(...differences)).toBeLessThan(1e-3);
        await page.close();
      },
      PATIENCE,
    );

    it(
      'rejects what waits for a device that is lost, and can be taken into use again',
      async () => {
        const page = await pages.open(WITH_WEBGPU);
        const outcome = await page.evaluate(loseDeviceInPage, technology);
        expect(outcome.message).toMatch(/lost.*Call useGpu\(\) for a new/);
        expect(outcome).toMatchObject({ isDeviceError: true, onCpu: [2, 2, 2], again: [2, 2, 2] });
        await page.close();
      },
      PATIENCE,
    );
  });

  it(
    'is WebGPU where there is an adapter for it, and else WebGL 2',
    async () => {
      const withWebGpu = await pages.open(WITH_WEBGPU);
      expect(await withWebGpu.evaluate(() => suite.find())).toBe('webgpu');
      const without = await pages.open(WITHOUT_WEBGPU);
      expect(await without.evaluate(() => suite.find())).toBe('webgl2');
    },
    PATIENCE,
  );

  it(
    'says what was tried where there is none',
    async () => {
      const page = await pages.open(WITHOUT_ANY_GPU);
      const message = await page.evaluate(() => suite.find());
      expect(message).toMatch(/^DeviceError: useGpu: .*webgpu: .*webgl2: .*no WebGL 2 context/);
    },
    PATIENCE,
  );
});

/** Takes the device or the context away from under lowrank, as a driver that is reset does. */
function loseDeviceInPage(technology: 'webgpu' | 'webgl2') {
  interface Canvas {
    getContext(...options: unknown[]): { getExtension(name: string): { loseContext(): void } };
  }
  interface Adapter {
    requestDevice(...options: unknown[]): Promise<{ destroy(): void }>;
  }
  const page = globalThis as unknown as {
    OffscreenCanvas: { prototype: Canvas };
    GPUAdapter: { prototype: Adapter };
  };
  let lose = () => {};
  if (technology === 'webgl2') {
    const canvas = page.OffscreenCanvas.prototype;
    const { getContext } = canvas;
    canvas.getContext = function (...options) {
      const context = getContext.apply(this, options);
      lose = () => context.getExtension('WEBGL_lose_context').loseContext();
      return context;
    };
  } else {
    const adapter = page.GPUAdapter.prototype;
    const { requestDevice } = adapter;
    adapter.requestDevice = async function (...options) {
      const device = await requestDevice.apply(this, options);
      lose = () => device.destroy();
      return device;
    };
  }
  return suite.loseDevice(technology, () => lose());
}
