/** Tests on the device `gpu`: with SwiftShader there needs no card, see jest.config.mjs. */
import { afterAll, describe } from '@jest/globals';
import { currentGpu } from '../../src/backend.js';
import { gpuInfo, useGpu } from '../../src/index.js';

const opened = await useGpu({ technology: 'webgpu' }).catch((cause: Error) => cause.message);

/** Tests that need a GPU; where there is none they are reported as skipped, with the reason. */
export function onGpu(what: string, tests: () => void): void {
  if (typeof opened === 'string')
    describe.skip(`${what} (${opened}. apt-get install chromium libvulkan1)`, tests);
  else describe(`${what}, on ${gpuInfo().adapter}`, tests);
}

// Threads of the driver would keep the process alive.
afterAll(() => currentGpu()?.end('the tests are over'));

/** Loses the device, as a driver that is reset does. */
export async function loseDevice(): Promise<void> {
  const { machine } = currentGpu()!;
  machine.destroy();
  await machine.lost;
}
