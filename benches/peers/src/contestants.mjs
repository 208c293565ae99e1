/** Who takes part: each engine on one thread and on all, and with V8's wide pass where the row says so. */

/** V8's pass that fuses pairs of 128-bit operations into 256-bit ones. */
const WIDE_FLAG = '--experimental-wasm-revectorize';

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {string} worker The file in workers/ that drives it.
 * @property {readonly string[]} kinds The kinds of cases that it is asked for.
 * @property {boolean} [onRequest] Only takes part if it is named: it needs minutes.
 * @property {boolean} [threads] Whether it is also asked to use several threads.
 * @property {boolean} [wasm] Whether the wide pass concerns it. lowrank turns it on by itself, others by a flag.
 * @property {object} [options] Passed to the worker.
 * @property {Readonly<Record<string, string>>} [env] Variables of its process.
 */

const ON_CPU = ['matmul', 'step'];
const ON_GPU = ['gpu-matmul', 'gpu-step'];

/** @type {readonly Engine[]} The first is the one that all are compared with. */
export const ENGINES = [
  { name: 'lowrank', worker: 'lowrank.mjs', kinds: [...ON_CPU, ...ON_GPU], threads: true, wasm: true },
  {
    name: 'tfjs wasm',
    worker: 'tfjs.mjs',
    kinds: ON_CPU,
    threads: true,
    wasm: true,
    options: { backend: 'wasm' },
  },
  { name: 'tfjs cpu', worker: 'tfjs.mjs', kinds: ['step'], onRequest: true, options: { backend: 'cpu' } },
  { name: 'jax-js wasm', worker: 'jax-js.mjs', kinds: ON_CPU, wasm: true, options: { backend: 'wasm' } },
  {
    name: 'onnxruntime-web',
    worker: 'onnxruntime.mjs',
    kinds: ['matmul'],
    threads: true,
    wasm: true,
    options: { package: 'onnxruntime-web' },
  },
  {
    name: 'onnxruntime-node',
    worker: 'onnxruntime.mjs',
    kinds: ['matmul'],
    threads: true,
    options: { package: 'onnxruntime-node' },
  },
  { name: 'js-pytorch', worker: 'js-pytorch.mjs', kinds: ['matmul'] },
  { name: 'PyTorch', worker: 'pytorch.py', kinds: ON_CPU, threads: true },
  {
    // No wasm engine can use AVX-512: this shows how much of the distance is that.
    name: 'PyTorch without AVX-512',
    worker: 'pytorch.py',
    kinds: ON_CPU,
    threads: true,
    env: { OPENBLAS_CORETYPE: 'Haswell', ONEDNN_MAX_CPU_ISA: 'AVX2', ATEN_CPU_CAPABILITY: 'avx2' },
  },
  { name: 'tfjs webgpu', worker: 'tfjs.mjs', kinds: ON_GPU, options: { backend: 'webgpu' } },
  { name: 'jax-js webgpu', worker: 'jax-js.mjs', kinds: ON_GPU, options: { backend: 'webgpu' } },
  { name: 'PyTorch CUDA', worker: 'pytorch.py', kinds: ON_GPU, options: { device: 'cuda' } },
];

/**
 * @typedef {object} Contestant
 * @property {Engine} engine
 * @property {number} threads
 * @property {boolean} wide
 */

/**
 * One thread first, then all; on the GPU the number of threads does not matter. What takes part in a case only with one thread has no second row, and so for the pass.
 *
 * @param {{ kind: string }} task
 * @param {{ threads: number, wide: boolean, engines: readonly string[] }} choice All threads; whether there are wide
 * rows; the names of the engines, or none for all that need not be named. lowrank always takes part.
 * @returns {readonly Contestant[]}
 */
export function contestantsOf({ kind }, { threads, wide, engines }) {
  const isOnGpu = ON_GPU.includes(kind);
  const counts = threads > 1 && !isOnGpu ? [1, threads] : [1];
  const isWanted = ({ name, onRequest }) => (engines.length === 0 ? !onRequest : engines.includes(name));
  const taking = ENGINES.filter((engine, i) => engine.kinds.includes(kind) && (i === 0 || isWanted(engine)));
  return counts.flatMap((count) =>
    taking
      .filter((engine) => count === 1 || engine.threads)
      .flatMap((engine) =>
        (wide && engine.wasm && !isOnGpu ? [false, true] : [false]).map((on) => [engine, on]),
      )
      .map(([engine, on]) => ({ engine, threads: count, wide: on })),
  );
}

/** The flags and variables that put a contestant's process into its mode. */
export function modeOf({ engine, threads, wide }) {
  const ofLowrank = engine === ENGINES[0];
  const count = String(threads);
  return {
    flags: wide && !ofLowrank ? [WIDE_FLAG] : [],
    env: ofLowrank
      ? { LOWRANK_NUM_THREADS: count, LOWRANK_WIDE_SIMD: wide ? '1' : '0' }
      : // OpenBLAS and OpenMP would start as many threads as there are cores, whatever PyTorch asks for later.
        { OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count, ...engine.env },
  };
}

/**
 * @param {{ versions: { node: string, v8: string }, arch: string }} [where]
 * @returns {string | undefined} Why there is no wide pass worth a row here, if so.
 */
export function whyNotWide({ versions: { node, v8 }, arch } = process) {
  if (arch === 'x64' && Number.parseInt(node, 10) >= 24) return undefined;
  return `No wide rows: V8 ${v8} of Node ${node} on ${arch} has no working wide pass (Node 24 on x64 has).`;
}

/** @param {Contestant} contestant */
export function labelOf({ engine, threads, wide }) {
  return `${engine.name}, ${threads} thread${threads === 1 ? '' : 's'}${wide ? ', wide' : ''}`;
}
