// Threads and the process they are in: it ends when it is done, whatever the workers are at, and keeps none that it does not use.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

const dist = new URL('../../../dist/', import.meta.url);

/** Starts a machine of some threads, and waits until all its workers are ready. */
const PREAMBLE = `
  const { matmul, rand, setNumThreads, cpuInfo } = await import('${new URL('index.js', dist)}');
  const { theMachine } = await import('${new URL('kernels/wasm/machine.js', dist)}');
  const turn = () => new Promise((resolve) => setTimeout(resolve, 2));
  const [a, b] = [rand([384, 64]), rand([64, 512])];
  async function useThreads(threads) {
    setNumThreads(threads);
    const { pool } = theMachine();
    while (pool.ready < threads - 1) {
      matmul(a, b);
      await turn();
    }
  }
`;

interface Options {
  readonly environment?: Record<string, string>;
  readonly flags?: readonly string[];
}

/** What a process says that runs `script`, and how it ends; `null` for one that hangs. */
function run(script: string, { environment = {}, flags = [] }: Options = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, '--input-type=module', '-e', PREAMBLE + script],
    { encoding: 'utf8', timeout: 50_000, killSignal: 'SIGKILL', env: { ...process.env, ...environment } },
  );
  return { status, output: stdout.trim(), errors: stderr.trim() };
}

describe('a process with workers', () => {
  it('ends by itself when it is done', () => {
    const script = `await useThreads(3); console.log(theMachine().pool.ready, matmul(a, b).shape.join('x'));`;
    expect(run(script)).toEqual({ status: 0, output: '2 384x512', errors: '' });
  });

  it('ends by itself while they are still starting', () => {
    const script = `setNumThreads(4); for (let i = 0; i < 12; i++) matmul(a, b); console.log('done');`;
    expect(run(script)).toEqual({ status: 0, output: 'done', errors: '' });
  });

  it('ends with process.exit', () => {
    expect(run(`await useThreads(3); matmul(a, b); process.exit(7);`).status).toBe(7);
  });

  it('ends with an exception', () => {
    const { status, errors } = run(`await useThreads(2); matmul(a, b); throw new Error('out of luck');`);
    expect(status).toBe(1);
    expect(errors).toContain('out of luck');
  });

  it('takes their number from the environment', () => {
    const environment = { LOWRANK_NUM_THREADS: '3' };
    expect(run('console.log(cpuInfo().threads);', { environment }).output).toBe('3');
  });

  it('may have been started with loaders and the like', () => {
    const script = `await useThreads(2); console.log('ready');`;
    const preloaded = `--import=data:text/javascript,${encodeURIComponent('globalThis.loaded=true')}`;
    const options = { environment: { NODE_OPTIONS: preloaded }, flags: ['--no-warnings', preloaded] };
    expect(run(script, options)).toEqual({ status: 0, output: 'ready', errors: '' });
  });

  it('can have them in its own workers too', () => {
    const nested = JSON.stringify(
      `${PREAMBLE} await useThreads(3); console.log(matmul(a, b).shape.join('x'));`,
    );
    const script = `
      const { Worker } = await import('node:worker_threads');
      await useThreads(2);
      const url = 'data:text/javascript,' + encodeURIComponent(${nested});
      const worker = new Worker(new URL(url));
      worker.on('exit', (code) => console.log('exit', code, matmul(a, b).shape.join('x')));
    `;
    expect(run(script)).toEqual({ status: 0, output: '384x512\nexit 0 384x512', errors: '' });
  });
});

describe('setNumThreads', () => {
  it('ends the workers there were', () => {
    const script = `
      let alive = 0;
      process.on('worker', (worker) => {
        alive++;
        worker.on('exit', () => alive--);
      });
      for (let round = 0; round < 4; round++) await useThreads(2 + (round % 2));
      await turn();
      while (alive > theMachine().pool.ready) await turn();
      console.log(alive);
    `;
    expect(run(script)).toEqual({ status: 0, output: '2', errors: '' });
  });

  it('lets go of the memory there was', () => {
    const script = `
      await useThreads(2);
      const gone = [new WeakRef(theMachine()), new WeakRef(theMachine().pool)];
      setNumThreads(1);
      while (gone.some((reference) => reference.deref() !== undefined)) {
        await turn();
        gc();
      }
      console.log('gone');
    `;
    expect(run(script, { flags: ['--expose-gc'] })).toEqual({ status: 0, output: 'gone', errors: '' });
  });
});
