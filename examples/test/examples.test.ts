/** Runs every example: what it prints, and what it finds, which for those of the notebooks is what PyTorch finds. */
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setPrintOptions } from 'lowrank';

const EXAMPLES = new URL('../', import.meta.url);

/** Written by tools/pytorch-fixtures/notebooks.py. */
const PYTORCH = JSON.parse(await readFile(new URL('pytorch.json', import.meta.url), 'utf8')).results;

let text = '';

beforeEach(() => {
  text = '';
  jest.spyOn(console, 'log').mockImplementation((...values) => {
    text += `${values.join(' ')}\n`;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  jest.restoreAllMocks();
  setPrintOptions({ profile: 'default' });
});

/** What is printed below a line, up to the next empty one. */
function below(line: string): string | undefined {
  return text.split(`\n${line}\n`)[1]?.split('\n\n')[0];
}

/** What equals the value, but for the last of `digits` decimals of its numbers. */
function near(value: unknown, digits: number): unknown {
  if (typeof value === 'number') return expect.closeTo(value, digits);
  if (Array.isArray(value)) return value.map((each) => near(each, digits));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, near(each, digits)]));
}

describe('000-lora-basics', () => {
  it('multiplies by W + A B as PyTorch does, in one product or two', async () => {
    const { results } = await import('../000-lora-basics.mjs');
    expect(results).toMatchObject(near(PYTORCH['000-lora-basics'], 5) as object);
    expect(results.layers.maxDifference).toBeLessThan(1e-6);
    expect(results.whole.dtype).toBe('float32');
    expect(text).toContain('W\ntensor([[1, 1, 2],\n        [3, 1, 2],\n        [3, 4, 1]])\n');
    const [apart, merged] = [below('x W^T + x A^T B^T'), below('x (W + (A^T B^T)^T)^T')];
    expect(apart).toMatch(/^tensor\(\[\[-?\d\.\d{4}, /);
    expect(merged).toBe(apart);
  });
});

describe('001-rank-factorisation', () => {
  it('finds two factors of 40 numbers that do what 100 do', async () => {
    const { results } = await import('../001-rank-factorisation.mjs');
    expect(results).toMatchObject(near(PYTORCH['001-rank-factorisation'], 5) as object);
    expect(results).toMatchObject({
      rank: 2,
      shapes: { B: [10, 2], A: [2, 10] },
      elements: { W: 100, BA: 40 },
    });
    expect(results.maxDifference).toBeLessThan(1e-5);
    expect(text).toContain('The rank of W is 2.');
    expect(text).toContain('B = U_r S_r has the shape [10, 2], A = V_r^T the shape [2, 10].');
    expect(text).toContain('Elements of W: 100; of B and A together: 40.');
  });
});

const MODEL = `TestModel(
  (embedding): Embedding(10, 1024)
  (linear): Linear(in_features=1024, out_features=1024, bias=True)
  (lm_head): Linear(in_features=1024, out_features=10, bias=True)
)
The next word: magenta
`;

const WRAPPED = `TestModel(
  (embedding): Embedding(10, 1024)
  (linear): LoraLayer(
    (base_layer): Linear(in_features=1024, out_features=1024, bias=True)
  )
  (lm_head): Linear(in_features=1024, out_features=10, bias=True)
)
The next word: indigo
`;

describe('002-toy-language-model', () => {
  it('says magenta, and wrapped indigo', async () => {
    const { results } = await import('../002-toy-language-model.mjs');
    expect(results).toMatchObject(near(PYTORCH['002-toy-language-model'], 5) as object);
    expect(results).toMatchObject({ before: 'magenta', after: 'indigo', ratio: 0.00390625 });
    expect(text.startsWith(MODEL)).toBe(true);
    expect(text.endsWith(WRAPPED)).toBe(true);
    expect(text).toContain('tensor([[[ 0.4333, -1.3517, -0.8030,  ..., -1.0855,  3.2371, -1.4757],\n');
    expect(text).toContain('[ 0.8114, -0.1914, -0.0934,  ...,  0.4458,  1.4660, -0.1785]]])\n');
    expect(text).toContain('|A+B| / |W| = 0.00390625\n');
  });
});

describe('003-mnist-lora', () => {
  it('adapts the network to one digit as PyTorch does, and gives the network back that it was', async () => {
    jest.replaceProperty(process, 'argv', [...process.argv, '--quick']);
    const { results } = await import('../003-mnist-lora.mjs');
    const { losses, wrong, accuracy: _, ...exact } = PYTORCH['003-mnist-lora'];
    expect(results).toMatchObject(near(exact, 5) as object);
    // Trainings that begin alike drift apart: rounding differs, and with it which of the doubtful images are missed.
    expect(results.losses).toEqual({ base: near(losses.base, 2), lora: near(losses.lora, 1) });
    for (const state of ['base', 'on', 'off'] as const) {
      results.wrong[state].forEach((count, digit) => {
        expect(Math.abs(count - wrong[state][digit])).toBeLessThanOrEqual(5);
      });
    }
    expect(results.equalsBase).toEqual({ on: false, off: true });
    expect(results.wrong.off).toEqual(results.wrong.base);

    expect(text).toContain(
      'tensor([[-0.4902,  1.2622, -1.0716,  0.5020, -0.4107,  1.2846,  2.4297,  0.8886,\n' +
        '          0.6491, -2.9506],\n',
    );
    for (const line of [
      'conv1: W [32, 1, 3, 3] + b [32] + A [1, 9] + B [32, 1]',
      'conv2: W [64, 32, 3, 3] + b [64] + A [1, 288] + B [64, 1]',
      'conv3: W [128, 64, 3, 3] + b [128] + A [1, 576] + B [128, 1]',
      'Parameters of the convolutions: 92,672, with LoRA 93,769',
      'Parameters of LoRA: 1,097, 1.184 % more',
      ...results.frozen.map((name) => `Frozen: ${name}`),
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(results.frozen[1]).toBe('conv1.parametrizations.weight.original');
    expect(below('conv1: weight with LoRA on')).not.toBe(below('conv1: weight with LoRA off'));
  });
});

describe('004-lora-gradients', () => {
  it('begins with a gradient for the factor at zero alone, and its norms are those of PyTorch', async () => {
    const { results } = await import('../004-lora-gradients.mjs');
    const { zeroB, zeroA } = results;
    expect(results).toEqual(near(PYTORCH['004-lora-gradients'], 5));
    expect([zeroB[0].A, zeroB[0].output, zeroA[0].B, zeroA[0].output]).toEqual([0, 0, 0, 0]);
    expect(Math.min(zeroB[0].B, zeroA[0].A)).toBeGreaterThan(0.1);
    for (const { A, B } of [...zeroB.slice(1), ...zeroA.slice(1)]) expect(Math.min(A, B)).toBeGreaterThan(0);
    expect(text).toContain('   0          0.0000          0.4003          0.0000\n');
    expect(text).toContain('   0          0.4548          0.0000          0.0000\n');
    expect(text.match(/^ +\d( +\d+\.\d{4}){3}$/gm)).toHaveLength(20);
  });

  it('is what the picture in docs/ shows', async () => {
    const { zeroB, zeroA } = (await import('../004-lora-gradients.mjs')).results;
    const svg = await readFile(new URL('../docs/lora-gradients.svg', EXAMPLES), 'utf8');
    const points = [...svg.matchAll(/"step: (\d); norm[^"]*: ([^"]+)"/g)];
    const drawn = points.map(([, step, norm]) => ({ step: Number(step), norm: Number(norm) }));
    for (const { step, A, B } of [...zeroB, ...zeroA]) {
      for (const norm of [A, B]) expect(drawn).toContainEqual({ step, norm: near(norm, 5) });
    }
  });
});

describe('adapt-a-layer', () => {
  it('learns a second task with few numbers, and gives the first one back', async () => {
    const { losses, trained, all } = (await import('../adapt-a-layer.mjs')).results;
    const [sine, shifted] = losses.pretrained;
    expect(sine).toBeLessThan(0.001);
    expect(shifted).toBeGreaterThan(0.1);

    const [forgotten, learnt] = losses.on;
    expect(forgotten).toBeGreaterThan(0.1);
    expect(learnt).toBeLessThan(0.001);

    expect(losses.off).toEqual(losses.pretrained);
    expect(losses.merged).toEqual(near(losses.on, 5));
    expect([trained, all]).toEqual([128, 1153]);
    expect(text).toMatch(/LoRA trained 128 numbers; the network has 1153 \(11\.1 %\)\.\n$/);
  });
});

describe('own-op', () => {
  it('computes what the formula overflows on, and has its gradients checked', async () => {
    const { results } = await import('../own-op.mjs');
    expect(text).toContain('value     tensor([   inf, 0.4338, 0.0000, 0.4338,    inf])');
    expect(text).toContain('value     tensor([99.3069,  0.4338,  0.0000,  0.4338, 99.3069])');
    expect(text).toContain('slope     tensor([-1.0000, -0.7616,  0.0000,  0.7616,  1.0000])');
    expect(results).toMatchObject({ gradcheck: true, gradgradcheck: true });
    expect(results.complaint).toMatch(
      /^GradientError: gradcheck: .* autograd says -2\.5, the difference quotient is -5\.0000/,
    );
  });
});

describe('the examples', () => {
  it('have a test here and a paragraph in the README each, and open with what `lowrank example` lists', async () => {
    const scripts = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.mjs'));
    const readme = await readFile(new URL('README.md', EXAMPLES), 'utf8');
    const tests = await readFile(new URL(import.meta.url), 'utf8');
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      expect(readme).toContain(`node examples/${script}`);
      expect(tests).toContain(`import('../${script}')`);
      expect(await readFile(new URL(script, EXAMPLES), 'utf8')).toMatch(/^\/\/ [A-Z].*\.\n/);
    }
  });
});
