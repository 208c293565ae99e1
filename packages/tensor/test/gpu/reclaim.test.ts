/** When the garbage collector is told to run. */
import { describe, expect, it, jest } from '@jest/globals';
import { platform } from '#platform';
import { Reclaimer } from '../../src/kernels/gpu/reclaim.js';

describe('reclaiming', () => {
  it('leaves the garbage collector alone while little is in use, and after a try that found nothing', async () => {
    const collect = jest.spyOn(platform, 'collectGarbage').mockReturnValue();
    const reclaimer = new Reclaimer(() => undefined);
    for (const mebibytes of [100, 200, 200, 200, 220, 230, 230]) {
      await reclaimer.atLeisure(() => mebibytes * 2 ** 20);
    }
    expect(collect).toHaveBeenCalledTimes(2);
    collect.mockRestore();
  });
});
