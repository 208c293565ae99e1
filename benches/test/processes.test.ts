/** Contestants that are processes. */
import { describe, expect, it } from '@jest/globals';
import { run } from '../src/processes.js';

describe('a program', () => {
  it('tells what it measured', async () => {
    const values = await run({ file: 'memory', options: { steps: 6, early: 2 } });
    expect(values).toEqual({
      milliseconds: expect.any(Number),
      earlyMemory: expect.any(Number),
      lateMemory: expect.any(Number),
      growth: expect.any(Number),
    });
    expect(values.lateMemory).toBeGreaterThan(10);
  });

  it('is timed from outside if that is what counts', async () => {
    const { milliseconds } = await run({ file: 'nothing', timedOutside: true });
    expect(milliseconds).toBeGreaterThan(1);
  });

  it('has no times where it does not get the mode that it asked for', async () => {
    const options = { n: 8, seconds: 1e-3, expected: { tile: '1x1' } };
    const { note, ...values } = await run({ file: 'product', options });
    expect(values).toEqual({});
    expect(note).toMatch(/^cannot be had here: tile is \d+x\d+$/);
  });

  it('that fails makes the bench fail', async () => {
    const options = { name: 'no-such-package', square: 0 };
    const failure = /the program start ended with exit code 1:\n.*no-such-package/s;
    await expect(run({ file: 'start', options })).rejects.toThrow(failure);
  });
});
