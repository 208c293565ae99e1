// The bundles, which is what users import: each in a fresh process, since the other tests use the sources.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const folder = fileURLToPath(new URL('..', import.meta.url));

const NAMES = [
  'lowrank',
  ...['tensor', 'autograd', 'nn', 'lora', 'models'].map((name) => `@lowrank/${name}`),
];

/** What a process says that runs `script` as a user of the packages would. */
function run(script: string): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 50_000,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

describe.each(NAMES)('%s', (name) => {
  it('is one file', () => {
    expect(run(`console.log(import.meta.resolve('${name}'))`)).toMatch(/\/dist\/bundle\.js$/);
  });

  it('exports what its sources export, under the same names', async () => {
    const exports = run(`console.log(JSON.stringify(Object.keys(await import('${name}'))))`);
    expect(JSON.parse(exports)).toEqual(Object.keys((await import(name)) as object).sort());
  });

  it('has classes that know their names, which messages and printed modules show', () => {
    const script = `
      const classes = Object.entries(await import('${name}')).filter(([, value]) => /^class\\b/.test(String(value)));
      console.log(JSON.stringify(classes.filter(([name, value]) => name !== value.name)));
    `;
    expect(JSON.parse(run(script))).toEqual([]);
  });
});

describe('the bundles together', () => {
  it('share what there is once: one Tensor, one default generator', () => {
    const script = `
      const [all, tensor, nn] = await Promise.all(['lowrank', '@lowrank/tensor', '@lowrank/nn'].map((name) => import(name)));
      const draw = () => { all.manualSeed(3); return new nn.Linear(2, 1).weight; };
      console.log(all.Tensor === tensor.Tensor, draw() instanceof tensor.Tensor, String(draw()) === String(draw()));
    `;
    expect(run(script)).toBe('true true true');
  });

  it('have workers, whose source is that of functions', () => {
    const script = `
      const { matmul, rand, setNumThreads, cpuInfo } = await import('lowrank');
      const [a, b] = [rand([384, 64]), rand([64, 512])];
      setNumThreads(1);
      const alone = matmul(a, b).dataSync();
      setNumThreads(2);
      let started = 0;
      process.on('worker', () => started++);
      const turn = () => new Promise((resolve) => setTimeout(resolve, 2));
      // Long enough for a broken worker to end, and for a sound one to take part.
      for (let rest = 100; rest > 0; rest -= Math.min(1, started)) {
        const together = matmul(a, b).dataSync();
        if (together.some((value, k) => value !== alone[k])) throw new Error('differs');
        await turn();
      }
      const { threads, reasons } = cpuInfo();
      console.log(threads, reasons.threads, started);
    `;
    expect(run(script)).toBe('2 undefined 1');
  });
});
