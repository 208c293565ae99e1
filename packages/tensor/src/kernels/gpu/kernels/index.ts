/** The kernels of the device `gpu` in gpu.js's dialect, for any technology. */
import { DeviceError } from '../../../errors.js';
import type { Kernels } from '../../kernels.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import * as conv2d from './conv2d.js';
import * as elementwise from './elementwise.js';
import * as indexing from './indexing.js';
import * as matmul from './matmul.js';
import * as normalize from './normalize.js';
import * as optimizer from './optimizer.js';
import * as pool from './pool.js';
import * as reduce from './reduce.js';
import * as strided from './strided.js';

const { fill, ...moving } = strided;
const { LANE, ...reducing } = reduce;

/** All kernels, each still without the GPU that it runs on. */
const KERNELS = {
  ...elementwise,
  ...moving,
  ...reducing,
  ...normalize,
  ...indexing,
  ...matmul,
  ...conv2d,
  ...pool,
  ...optimizer,
};

/** Decompositions are chains of small steps, each of which waits for the one before: the CPU is faster. */
const MISSING = ['svd', 'qr', 'solveTriangular'] as const;

/** The kernels on a GPU. */
export function dialectKernels(calls: GpuCalls): Kernels<GpuStorage> {
  const bound = Object.entries(KERNELS).map(([name, f]) => [
    name,
    (f as (calls: GpuCalls, ...rest: unknown[]) => unknown).bind(undefined, calls),
  ]);
  const refusals = MISSING.map((name) => [name, () => refuse(name)]);
  return Object.fromEntries([...bound, ...refusals]) as unknown as Kernels<GpuStorage>;
}

function refuse(op: string): never {
  throw new DeviceError(
    op,
    "has no kernel for the GPU. Compute it on the CPU, with (await x.cpu()), and bring the result back with to('gpu')",
  );
}
