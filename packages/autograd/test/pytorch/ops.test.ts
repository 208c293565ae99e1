/** Every op and every function made of ops, forward and backward, next to PyTorch on samples that reach their corners. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as autograd from '@lowrank/autograd';
import * as numbers from '@lowrank/tensor';
import { Fixtures } from '../../../../tools/pytorch-fixtures/fixtures.mjs';

const { OPS, setRecorder } = numbers;
const engine: Readonly<Record<string, unknown>> = { ...numbers, ...autograd };
const fixtures = new Fixtures(engine, new URL('fixtures/ops', import.meta.url));

const TRUTH = readFileSync(new URL('../../../../docs/truth.md', import.meta.url), 'utf8');

/** How many samples an op needs at least. */
const FEWEST = 8;

/** Functions that cannot be compared by samples, and where they are tested. */
const APART: Readonly<Record<string, string>> = {
  svdLowrank: 'draws random numbers: packages/tensor/test/ops/svd-lowrank.test.ts',
};

/** The functions of tensors that the package exports. */
function publicFunctions(): string[] {
  const folder = new URL('../../../tensor/src/ops/', import.meta.url);
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const declared = sources.flatMap((source) => [...source.matchAll(/^export (?:function|const) (\w+)/gm)]);
  const names = new Set(declared.map(([, name]) => name as string));
  return [...names].filter((name) => typeof engine[name] === 'function');
}

/** The names of the ops that run while `f` does. */
function opsOf(f: () => unknown): Set<string> {
  const seen = new Set<string>();
  const recorder = setRecorder(undefined);
  setRecorder((op, inputs, attrs, run) => {
    seen.add(op.name);
    return recorder === undefined ? run(op, inputs, attrs) : recorder(op, inputs, attrs, run);
  });
  try {
    f();
  } finally {
    setRecorder(recorder);
  }
  return seen;
}

/** How many samples there are of an op or function; of an op only those in which it runs. */
function samplesOf(name: string): number {
  const samples = fixtures.of(name);
  if (!OPS.has(name)) return samples.length;
  return samples.filter((entry) => opsOf(() => fixtures.replay(entry)).has(name)).length;
}

let made = 0;

describe('PyTorch has the same results and gradients for', () => {
  it.each(fixtures.names)('%s', (name) => {
    const { complaints, comparisons } = fixtures.judge(name);
    made += comparisons;
    expect(complaints).toEqual([]);
  });
});

describe('the samples', () => {
  it('are enough for every op and every function of tensors', () => {
    const names = new Set([...OPS.keys(), ...publicFunctions()]);
    const counts = [...names].map((name) => [name, samplesOf(name)] as const);
    expect(counts.filter(([name, count]) => count < FEWEST && !(name in APART))).toEqual([]);
  });

  // tools/closing-line.mjs repeats this title at the end of a run.
  const { names, samples, comparisons } = fixtures;
  const count = `${names.length} ops and functions: ${samples.length} inputs, ${comparisons} comparisons`;
  it(`${count} with PyTorch, as the document says`, () => {
    expect(made).toBe(comparisons);
    expect(TRUTH).toContain(count);
  });
});
