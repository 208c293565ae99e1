/** Runs every example and checks what it prints. */
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

const EXAMPLES = new URL('../', import.meta.url);

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  jest.spyOn(console, 'log').mockImplementation((...values) => {
    lines.push(...values.join(' ').split('\n'));
  });
});
afterEach(() => void jest.restoreAllMocks());

/** The numbers of the line that begins with `label`. */
function numbersOf(label: string): number[] {
  const line = lines.find((each) => each.startsWith(label)) ?? '';
  return [...line.slice(label.length).matchAll(/-?\d+(\.\d+)?/g)].map(([digits]) => Number(digits));
}

describe('adapt-a-layer', () => {
  it('learns a second task with few numbers, and gives the first one back', async () => {
    await import('../adapt-a-layer.mjs');
    const [sine, shifted] = numbersOf('pretrained');
    expect(sine).toBeLessThan(0.001);
    expect(shifted).toBeGreaterThan(0.1);

    const [forgotten, learnt] = numbersOf('LoRA on');
    expect(forgotten).toBeGreaterThan(0.1);
    expect(learnt).toBeLessThan(0.001);

    expect(numbersOf('LoRA off')).toEqual([sine, shifted]);
    const merged = numbersOf('merged');
    expect(merged[0]).toBeCloseTo(forgotten, 5);
    expect(merged[1]).toBeCloseTo(learnt, 5);
    expect(lines.at(-1)).toBe('LoRA trained 128 numbers; the network has 1153 (11.1 %).');
  }, 60_000);
});

describe('own-op', () => {
  it('computes what the formula overflows on, and has its gradients checked', async () => {
    await import('../own-op.mjs');
    const text = lines.join('\n');
    expect(text).toContain('value     tensor([   inf, 0.4338, 0.0000, 0.4338,    inf])');
    expect(text).toContain('value     tensor([99.3069,  0.4338,  0.0000,  0.4338, 99.3069])');
    expect(text).toContain('slope     tensor([-1.0000, -0.7616,  0.0000,  0.7616,  1.0000])');
    expect(text).toContain('\ngradcheck true\ngradgradcheck true\n');
    expect(lines.at(-1)).toMatch(
      /^GradientError: gradcheck: .* autograd says -2\.5, the difference quotient is -5\.0000/,
    );
  });
});

describe('the examples', () => {
  it('have a test here and a paragraph in the README each', async () => {
    const scripts = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.mjs'));
    const readme = await readFile(new URL('README.md', EXAMPLES), 'utf8');
    const tests = await readFile(new URL(import.meta.url), 'utf8');
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      expect(readme).toContain(`node examples/${script}`);
      expect(tests).toContain(`import('../${script}')`);
    }
  });
});
