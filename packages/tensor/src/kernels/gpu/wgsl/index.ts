/** The products that WebGPU computes by kernels written in WGSL, in the place of gpu.js's. */
import { platform } from '#platform';
import type { DType } from '../../../dtype.js';
import type { Kernels } from '../../kernels.js';
import type { MachineInfo } from '../machine.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import { planConv2d, planConv2dInputGrad, planConv2dWeightGrad } from './conv2d.js';
import { NO_ENDING } from './epilogue.js';
import { planMatmul } from './matmul.js';
import type { Capabilities, Plan } from './program.js';
import { runPlan, type WgslCalls } from './run.js';

type Products = Pick<
  Kernels<GpuStorage>,
  'matmul' | 'linear' | 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'
>;

/** `others`, but with the products in WGSL where the GPU can run that. */
export function withWgsl(calls: GpuCalls, others: Kernels<GpuStorage>): Kernels<GpuStorage> {
  const { runWgsl, machine } = calls;
  if (runWgsl === undefined) return others;
  const callsOf = (dtype: DType): WgslCalls<GpuStorage> => ({
    put: (values) => calls.put(values, 'float32'),
    runWgsl: (kernel, call) => runWgsl(kernel, call, dtype),
    release: (storage) => storage.release(),
  });
  return { ...others, ...wgslProducts(callsOf, capabilitiesOf(machine.info), others) };
}

/** What the benches ask for: gpu.js's kernels by `plain`, or a cut of all products; see `Capabilities`. */
const VARIABLE = 'LOWRANK_GPU_TILE';

function wgslProducts(
  callsOf: (dtype: DType) => WgslCalls<GpuStorage>,
  capabilities: Capabilities,
  others: Kernels<GpuStorage>,
): Products {
  const compute = (
    plan: (capabilities: Capabilities) => Plan,
    operands: readonly (GpuStorage | undefined)[],
    plain: () => GpuStorage,
  ): GpuStorage => {
    const cut = platform.environment(VARIABLE);
    const given = operands.filter((operand) => operand !== undefined);
    if (cut === 'plain' || given.some(({ length }) => length === 0)) return plain();
    const steps = plan({ ...capabilities, cut });
    return steps.length === 0 ? plain() : runPlan(callsOf(given[0].dtype), steps, given);
  };
  const endingOf = (bias: GpuStorage | undefined) => (bias === undefined ? NO_ENDING : { bias: true });
  return {
    matmul: (a, b, dims) =>
      compute(
        (can) => planMatmul(dims, can),
        [a, b],
        () => others.matmul(a, b, dims),
      ),
    linear: (x, weight, bias, dims) =>
      compute(
        (can) => planMatmul(dims, can, endingOf(bias)),
        [x, weight, bias],
        () => others.linear(x, weight, bias, dims),
      ),
    conv2d: (x, w, dims, bias) =>
      compute(
        (can) => planConv2d(dims, can, endingOf(bias)),
        [x, w, bias],
        () => others.conv2d(x, w, dims, bias),
      ),
    conv2dInputGrad: (g, w, dims) =>
      compute(
        (can) => planConv2dInputGrad(dims, can),
        [g, w],
        () => others.conv2dInputGrad(g, w, dims),
      ),
    conv2dWeightGrad: (x, g, dims) =>
      compute(
        (can) => planConv2dWeightGrad(dims, can),
        [x, g],
        () => others.conv2dWeightGrad(x, g, dims),
      ),
  };
}

/** Adapters that are programs, as they name themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

function capabilitiesOf({ adapter, description, features }: MachineInfo): Capabilities {
  const name = `${adapter}, ${description}`;
  return {
    isIntel: /intel/i.test(name),
    isSoftware: SOFTWARE.test(name),
    subgroups: features.includes('subgroups'),
  };
}
