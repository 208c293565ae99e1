/** From a kernel in gpu.js's dialect to WGSL: gpu.js translates, and is asked for nothing else. */
import { DeviceError } from '../../../errors.js';
import type { GpuKernel } from '../machine.js';
import { NATIVES, type NativeName, nativesIn } from '../natives.js';

/** What is used of gpu.js's class: the steps of `build()` that need no device. */
interface Translator {
  nativeFunctions: readonly object[] | null;
  threadDim: readonly number[];
  paramsLayout: ParamsLayout;
  setupConstants(): void;
  setupArguments(values: readonly unknown[]): void;
  validateSettings(values: readonly unknown[]): void;
  translateSource(): void;
  computeParamsLayout(): ParamsLayout;
  assembleWGSL(): string;
}

interface ParamsLayout {
  readonly byteLength: number;
  readonly scalarArgs: readonly { readonly offset: number }[];
}

/** The part of the module `gpu.js` that is used here. */
export interface GpuJs {
  readonly WebGPUKernel: new (source: string, settings: object) => Translator;
}

/** A kernel in WGSL, and where the numbers that it is called with stand in its uniform. */
export interface Translation {
  readonly code: string;
  readonly uniformBytes: number;
  /** The offset of each scalar, in bytes. */
  readonly scalarOffsets: readonly number[];
}

/** The threads of a workgroup of gpu.js's kernels with a flat output. */
export const WORKGROUP = 64;

const TYPES = { int: 'Integer', float: 'Number', bool: 'Boolean' };
const WGSL_TYPES = { int: 'i32', float: 'f32', bool: 'bool' };

/** @throws DeviceError if gpu.js cannot. */
export function translate({ WebGPUKernel }: GpuJs, kernel: GpuKernel): Translation {
  const { name, source, inputs, scalars, functions = [] } = kernel;
  try {
    const translator = new WebGPUKernel(source, {
      output: [1],
      dynamicOutput: true,
      dynamicArguments: true,
      // It guards loops whose end it does not know against running on for ever; ours end.
      loopMaxIterations: 2 ** 31 - 1,
      argumentTypes: [...inputs.map(() => 'Array'), ...scalars.map(({ type }) => TYPES[type])],
      returnType: 'Number',
      functions: functions.map((each) => ({
        source: each.source,
        settings: {
          argumentTypes: Object.fromEntries(each.parameters.map((parameter) => [parameter, 'Number'])),
          returnType: each.truth ? 'Boolean' : 'Number',
        },
      })),
    });
    // Set by hand, because its method refuses natives on WebGPU; what it does with them afterwards works.
    translator.nativeFunctions = nativesIn([source, ...functions.map((each) => each.source)]).map(declare);
    const samples = [...inputs.map(() => [0]), ...scalars.map(() => 0)];
    translator.threadDim = [1, 1, 1];
    translator.setupConstants();
    translator.setupArguments(samples);
    translator.validateSettings(samples);
    translator.translateSource();
    translator.paramsLayout = translator.computeParamsLayout();
    const { byteLength, scalarArgs } = translator.paramsLayout;
    const code = translator.assembleWGSL();
    return { code, uniformBytes: byteLength, scalarOffsets: scalarArgs.map(({ offset }) => offset) };
  } catch (cause) {
    throw new DeviceError(name, `gpu.js cannot translate this kernel: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** A native function, as gpu.js takes it; in what it writes, functions have names of their own. */
function declare(name: NativeName) {
  const { parameters, returns, wgsl } = NATIVES[name];
  const names = parameters.map((_, i) => 'abc'.charAt(i));
  const list = parameters.map((type, i) => `${names[i]} : ${WGSL_TYPES[type]}`).join(', ');
  return {
    name,
    source: `fn fn_${name}(${list}) -> ${WGSL_TYPES[returns]} { ${wgsl} }`,
    argumentNames: names,
    argumentTypes: parameters.map((type) => TYPES[type]),
    returnType: TYPES[returns],
  };
}
