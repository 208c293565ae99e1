/** From a kernel in gpu.js's dialect to a fragment shader: gpu.js translates the functions, the frame around them is ours. */
import { DeviceError } from '../../../errors.js';
import type { GpuFunction, GpuKernel, ScalarParameter } from '../machine.js';
import { NATIVES, type NativeName, nativesIn } from '../natives.js';
import { hoistDivisions } from './invariants.js';

/** gpu.js's names of the types. */
const TYPES = { int: 'Integer', float: 'Number', bool: 'Boolean' } as const;

/** An array in a texture with one number per cell. */
const ARRAY = 'ArrayTexture(1)';

interface SourceOptions {
  readonly name: string;
  readonly source: string;
  readonly argumentTypes?: readonly string[];
  readonly returnType?: string;
}

/** What gpu.js's translator asks of a kernel. */
interface KernelToTranslate {
  readonly source: string;
  readonly argumentNames: readonly string[];
  readonly kernelArguments: readonly { readonly type: string }[];
  readonly argumentSizes: readonly never[];
  readonly argumentBitRatios: readonly never[];
  readonly kernelConstants: readonly never[];
  readonly constants: object;
  readonly constantBitRatios: object;
  readonly functions: readonly SourceOptions[];
  readonly nativeFunctions: readonly SourceOptions[];
  readonly output: readonly number[];
  readonly precision: 'single';
  readonly dynamicOutput: boolean;
  readonly dynamicArguments: boolean;
}

/** The part of the module `gpu.js` that is used here: its translator, without its kernels. */
export interface GpuJs {
  readonly FunctionBuilder: {
    fromKernel(
      kernel: KernelToTranslate,
      FunctionNode: unknown,
      options: { readonly fixIntegerDivisionAccuracy: boolean },
    ): { getPrototypeString(name: 'kernel'): string };
  };
  readonly WebGL2FunctionNode: unknown;
}

const NAMES = ['a', 'b', 'c', 'd'] as const;

function defineNative(name: NativeName): string {
  const { parameters, returns, glsl } = NATIVES[name];
  const list = parameters.map((type, i) => `${type} ${NAMES[i]}`).join(', ');
  return `${returns} ${name}(${list}) { ${glsl} }`;
}

/** gpu.js does not always define functions before those that call them. */
function declareOwn({ name, parameters, truth }: GpuFunction): string {
  return `${truth ? 'bool' : 'float'} ${ownName(name)}(${parameters.map(() => 'float').join(', ')});`;
}

function nativesOf({ source, functions = [] }: GpuKernel): NativeName[] {
  return nativesIn([source, ...functions.map((each) => each.source)]);
}

/** Gives functions that a kernel brings along names that GLSL has not: `clamp` and many more are its own. */
function withOwnNames(source: string, functions: readonly GpuFunction[]): string {
  return functions.reduce(
    (text, { name }) => text.replace(new RegExp(`(?<![.\\w])${name}(?=\\s*\\()`, 'g'), ownName(name)),
    source,
  );
}

const ownName = (name: string): string => `own_${name}`;

/** The kernel and the functions that it calls, in GLSL, as gpu.js writes them. @throws what gpu.js throws. */
function translateFunctions(gpuJs: GpuJs, kernel: GpuKernel): string {
  const { source, inputs, scalars, functions = [] } = kernel;
  const types = [...inputs.map(() => ARRAY), ...scalars.map(({ type }) => TYPES[type])];
  const builder = gpuJs.FunctionBuilder.fromKernel(
    {
      source: withOwnNames(source, functions),
      argumentNames: [...inputs, ...scalars.map(({ name }) => name)],
      kernelArguments: types.map((type) => ({ type })),
      argumentSizes: [],
      argumentBitRatios: [],
      kernelConstants: [],
      constants: {},
      constantBitRatios: {},
      functions: functions.map((each) => ({
        name: ownName(each.name),
        source: withOwnNames(each.source, functions),
        argumentTypes: each.parameters.map(() => TYPES.float),
        returnType: TYPES.float,
      })),
      nativeFunctions: nativesOf(kernel).map((name) => ({
        name,
        source: '',
        argumentTypes: NATIVES[name].parameters.map((type) => TYPES[type]),
        returnType: TYPES[NATIVES[name].returns],
      })),
      output: [1],
      precision: 'single',
      dynamicOutput: true,
      dynamicArguments: true,
    },
    gpuJs.WebGL2FunctionNode,
    { fixIntegerDivisionAccuracy: false },
  );
  return mend(builder.getPrototypeString('kernel'), kernel);
}

/** Puts right what gpu.js gets wrong. */
function mend(translated: string, { scalars, functions = [] }: GpuKernel): string {
  const text = functions
    .filter(({ truth }) => truth)
    // It knows no function that gives a truth.
    .reduce((text, { name }) => text.replace(`float ${ownName(name)}(`, `bool ${ownName(name)}(`), translated)
    // Variables for an index that it reads from an array before it reads another by it: integers, which it forgets.
    .replace(/\bfloat (?=hoisted_)/g, 'int ');
  const start = text.indexOf('void kernel()');
  const constants = scalars.map(({ name }) => uniformOf(name));
  return text.slice(0, start) + hoistDivisions(text.slice(start), ['threadId.x', ...constants]);
}

/** gpu.js's names for the parameters of the kernel. */
export const uniformOf = (parameter: string): string => `user_${parameter}`;

/** gpu.js passes these along with every array; the layout of ours is the same for all. */
const declareInput = (name: string): string => `uniform sampler2D ${uniformOf(name)};
const ivec2 ${uniformOf(name)}Size = ivec2(0);
const ivec3 ${uniformOf(name)}Dim = ivec3(0);`;

const declareScalar = ({ name, type }: ScalarParameter): string => `uniform ${type} ${uniformOf(name)};`;

/** The uniform that holds the number of elements of the output. */
export const LENGTH_UNIFORM = 'outputLength';

/** One triangle that covers all cells. */
export const VERTEX_SHADER = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`;

/**
 * The fragment shader that computes an element of the output for each cell of a texture.
 * @param rowBits Element i of an array is in column i mod 2^rowBits of row i / 2^rowBits. These are computed in integers:
 * gpu.js's own access to textures divides floats, which is wrong for large arrays.
 * @throws DeviceError if gpu.js cannot translate the kernel.
 */
export function fragmentShader(gpuJs: GpuJs, kernel: GpuKernel, rowBits: number): string {
  let functions: string;
  try {
    functions = translateFunctions(gpuJs, kernel);
  } catch (cause) {
    const { message } = cause as Error;
    throw new DeviceError(kernel.name, `gpu.js cannot translate this kernel: ${message}`, { cause });
  }
  return `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
const int LOOP_MAX = 0x7fffffff;
${kernel.inputs.map(declareInput).join('\n')}
${kernel.scalars.map(declareScalar).join('\n')}
uniform int ${LENGTH_UNIFORM};
ivec3 threadId;
float kernelResult;
out float element;
float _pow(float a, float b) { return pow(a, b); }
float getFloatFromSampler2D(sampler2D cells, ivec2 size, ivec3 dims, int z, int y, int x) {
  return texelFetch(cells, ivec2(x & ${2 ** rowBits - 1}, x >> ${rowBits}), 0).r;
}
${nativesOf(kernel).map(defineNative).join('\n')}
${(kernel.functions ?? []).map(declareOwn).join('\n')}
${functions}
void main() {
  threadId = ivec3((int(gl_FragCoord.y) << ${rowBits}) + int(gl_FragCoord.x), 0, 0);
  if (threadId.x < ${LENGTH_UNIFORM}) kernel();
  element = kernelResult;
}`;
}
