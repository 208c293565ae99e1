/** The viewer's page as a file: complete, self-contained, and safe whatever tensors are called. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  full,
  GradientError,
  graph,
  named,
  ones,
  type Tensor,
  tensor,
  toHtml,
  traceCalls,
} from 'lowrank';
import { chunked } from '../../src/viewer/chunks.js';
import type { ViewerData } from '../../src/viewer/data.js';
import { summarize } from '../../src/viewer/summary.js';
import { anomaly, HOSTILE, network, small } from './samples.js';

const SCRIPTS = /<script>([\s\S]*?)<\/script>/g;

function dataOf(page: string): ViewerData {
  const [, json = ''] = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(page) ?? [];
  return JSON.parse(json) as ViewerData;
}

function policyOf(page: string): string[] {
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  return policy.replaceAll('&#39;', "'").split('; ');
}

function hashesOf(page: string): string[] {
  return Array.from(page.matchAll(SCRIPTS), ([, text = '']) => {
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  });
}

describe('toHtml', () => {
  it('holds the graph, its values, and each step with its numbers', async () => {
    const { output } = small();
    const { graph: shown, tensors, steps, values } = dataOf(await toHtml(output));
    expect(shown).toEqual(JSON.parse(JSON.stringify(graph(output))));
    expect(steps.map(({ kind }) => kind)).toEqual(['rule', 'rule', 'rule', 'rule', 'leaf', 'leaf']);
    expect(values.map((value) => tensors[value as number].numbers)).toEqual([
      [2],
      [3, 4, -1],
      [6, 8, -2],
      [8, 10, 0],
      [64, 100, 0],
      [164],
    ]);
  });

  it('shows the line of the program that called each op', async () => {
    const { output } = small();
    const { sources } = dataOf(await toHtml(output));
    expect(sources[2]).toMatch(/traceCalls\(\(\) => named\(x, 'x'\)\.mul/);
    const [{ file, line }] = graph(output).nodes.flatMap(({ place }) => place ?? []);
    const programs = { [file]: `${'\n'.repeat(line - 1)}  my line` };
    expect(dataOf(await toHtml(output, { programs })).sources[2]).toBe('my line');
  });

  it('begins the backward pass with the gradient that it is given', async () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const { steps, tensors } = dataOf(await toHtml(x.mul(2), { gradient: tensor([10, 20]) }));
    const last = steps.at(-1);
    expect(last?.kind === 'leaf' && tensors[last.grad].numbers).toEqual([20, 40]);
    await expect(toHtml(x.mul(2))).rejects.toThrow(GradientError);
  });

  it('begins at the node that an anomaly was found at, with the modules around it open', async () => {
    const error = anomaly();
    const { output, gradient, node, note } = error;
    const page = await toHtml(output, { gradient, mark: error });
    const { mark, open, graph: shown } = dataOf(page);
    expect(mark).toEqual({ node, note });
    expect(shown.nodes[node].op).toBe('sqrt');
    expect(open.map((module) => shown.modules[module].path)).toEqual(['1.1', '1']);
    expect(dataOf(await toHtml(graph(output), { mark: { node } }))).toMatchObject({ mark: { node }, open });
  });

  it('refuses a mark that is no node of the graph', async () => {
    for (const mark of [{ node: 6 }, { node: -1 }, {}, 2])
      await expect(toHtml(small().output, { mark } as never)).rejects.toThrow(ArgumentError);
  });

  it('shows a graph alone, without a backward pass', async () => {
    const { steps, graph: shown } = dataOf(await toHtml(graph(small().output)));
    expect([steps.length, shown.nodes.length]).toEqual([0, 6]);
  });

  it('brings the layout engine only where there is something to open', async () => {
    const [without, withModules] = [await toHtml(small().output), await toHtml(network().output)];
    expect(hashesOf(without)).toHaveLength(1);
    expect(hashesOf(withModules)).toHaveLength(2);
    expect(without.length).toBeLessThan(100_000);
  });

  it('allows its own scripts and style by their hashes, and nothing else but the engine', async () => {
    for (const page of [await toHtml(small().output), await toHtml(network().output)]) {
      const hashes = hashesOf(page);
      const engine = hashes.length > 1 ? " 'wasm-unsafe-eval'" : '';
      expect(policyOf(page)).toEqual([
        "default-src 'none'",
        `script-src ${hashes.join(' ')}${engine}`,
        expect.stringMatching(/^style-src 'sha256-[\w+/=]+'$/),
        'img-src data:',
        "base-uri 'none'",
        "form-action 'none'",
      ]);
      const markup = page.replace(/<(script|style)[\s\S]*?<\/\1>/g, '');
      expect(markup).not.toMatch(/\s(?:style|on\w+|src)=/);
    }
  });

  it('lets no name, title or line of a program become markup', async () => {
    class Evil {
      forward(x: Tensor): Tensor {
        return named(x.exp(), HOSTILE);
      }
    }
    Object.defineProperty(Evil, 'name', { value: HOSTILE });
    const layer = new Evil();
    const w = tensor([1], { requiresGrad: true });
    const modules = {
      namedModules: () => [[HOSTILE, layer] as const],
      namedParameters: () => [[HOSTILE, w] as const],
    };
    const output = traceCalls(() => layer.forward(w).sum(), { modules });
    const [{ file, line }] = graph(output).nodes.flatMap(({ place }) => place ?? []);
    const programs = { [file]: `${'\n'.repeat(line - 1)}${HOSTILE}` };
    const page = await toHtml(output, { title: HOSTILE, programs, mark: { node: 0, note: HOSTILE } });
    expect(page).not.toContain('<script>window');
    expect(page).not.toContain('<img');
    expect(page.match(/<script/g)).toHaveLength(4);
    expect(dataOf(page)).toMatchObject({
      title: HOSTILE,
      sources: expect.arrayContaining([HOSTILE.split('\n')[0].trim()]),
    });
  });

  it('says what it lacks in a page that came by http from another machine', async () => {
    Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
    try {
      await expect(toHtml(small().output)).rejects.toThrow(/^page: .* by https or from this machine/);
    } finally {
      Reflect.deleteProperty(crypto, 'subtle');
    }
  });

  it('refuses what has no graph', async () => {
    await expect(toHtml(ones([2]))).rejects.toThrow(GradientError);
    await expect(toHtml(small().output, 'title' as never)).rejects.toThrow(ArgumentError);
  });
});

describe('the summary of a tensor', () => {
  it('has all numbers of a small one, exactly, also those that JSON lacks', async () => {
    const values = [0.1, -1 / 3, Number.NaN, Number.POSITIVE_INFINITY];
    const { numbers, kind } = await summarize(tensor(values));
    expect(kind).toBe('float32 [4]');
    expect(numbers?.slice(0, 2).map((value) => Math.fround(value as number))).toEqual(
      values.slice(0, 2).map(Math.fround),
    );
    expect(numbers?.slice(2)).toEqual(['NaN', 'Infinity']);
    expect((await summarize(tensor([[true, false]]))).numbers).toEqual([1, 0]);
  });

  it('tells of a large one how it is distributed', async () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    const { numbers, distribution } = await summarize(tensor([...values, Number.NaN]));
    expect(numbers).toBeNull();
    expect(distribution).toMatchObject({ min: 0, max: 99, mean: 49.5, notFinite: 1 });
    expect(distribution?.norm).toBeCloseTo(Math.hypot(...values), 3);
    expect(distribution?.counts.reduce((sum, count) => sum + count, 0)).toBe(100);
  });

  it('copes with numbers that are all the same, and all lost', async () => {
    expect((await summarize(ones([100]))).distribution).toMatchObject({
      min: 1,
      max: 1,
      counts: expect.arrayContaining([100]),
    });
    const lost = await summarize(ones([100]).mul(Number.NaN));
    expect(lost.distribution).toMatchObject({ norm: 0, mean: 0, min: 0, max: 0, notFinite: 100 });
  });

  it('gives a norm for numbers whose squares float64 does not hold, and names what is too large itself', async () => {
    const of = async (value: number) =>
      (await summarize(full([100], value, { dtype: 'float64' }))).distribution;
    expect((await of(1e200))?.norm).toBeCloseTo(1e201, -190);
    expect((await of(1e-200))?.norm).toBeCloseTo(1e-199, 210);
    expect(await of(1e308)).toMatchObject({ norm: 'Infinity', mean: 'Infinity', max: 1e308 });
  });
});

describe('a large graph without modules', () => {
  const chain = (length: number) => {
    let y = tensor([1, 2], { requiresGrad: true });
    for (let i = 0; i < length; i++) y = y.mul(0.999);
    return graph(y);
  };

  it('folds into parts, and parts of parts, each small enough to look at', () => {
    const { modules, nodes } = chunked(chain(5000));
    const children = new Map<number | null, number>();
    const count = (parent: number | null) => children.set(parent, (children.get(parent) ?? 0) + 1);
    for (const { parent } of modules) count(parent);
    for (const { kind, module } of nodes) if (kind === 'op') count(module);
    expect(Math.max(...children.values())).toBeLessThanOrEqual(120);
    expect(children.get(null)).toBeLessThanOrEqual(120);
    // The constants stand where they are used; the leaf comes from outside.
    expect(nodes.filter(({ module }) => module === null).map(({ kind }) => kind)).not.toContain('constant');
  });

  it('stays as it is where it is small', () => {
    const found = chain(50);
    expect(chunked(found)).toBe(found);
  });
});
