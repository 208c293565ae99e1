/**
 * What a technology (WebGPU, WebGL2, headless GL) provides so that the kernels of the device `gpu` can run on it: memory for
 * float32 numbers, and a way to run a kernel that gpu.js has translated, or, on WebGPU, one that is written in WGSL by hand.
 *
 * All calls but `read` return at once: they queue work, in the order of the calls. A mistake that shows later (a kernel that
 * does not compile, a lost device) is kept, and the next `read` rejects with it.
 */

/** What the GPU computes with: kernels of the long tail in gpu.js's dialect, on each of these. */
export type Technology = 'webgpu' | 'webgl2' | 'headless-gl';

/**
 * Room for `length` float32 numbers on the GPU. Only the machine that made it knows more of it. Its contents never change
 * once the call that made it has returned, until it is freed.
 */
export interface GpuBuffer {
  readonly length: number;
  /** What it takes of the GPU's memory, at least 4 * length. */
  readonly bytes: number;
}

/** The types of scalar parameters, and of the parameters and results of native functions. An `int` has 32 bits. */
export type ScalarType = 'int' | 'float';

/**
 * A kernel as gpu.js takes it: the text of a JavaScript function in gpu.js's dialect that computes one number, the element
 * `this.thread.x` of the output. Its parameters are first the arrays, then the scalars; arrays are flat, `a[i]`.
 *
 * gpu.js keeps integers as integers in expressions, in parameters of type `int` and in variables of `for` loops that begin
 * with a literal (`for (let k = 0; k < n; k++)`). Any other variable is a float, which holds whole numbers up to 2^24 only:
 * indices must not pass through one. `/` divides floats: native functions `quotient` and `rest` divide integers.
 * `Infinity`, NaN and Math functions other than exp, log, sqrt, sin, cos, tan, abs, floor, ceil and pow come from natives too.
 */
export interface GpuKernel {
  /** What it is called in messages; kernels of one name have one source, so that translations can be kept by it. */
  readonly name: string;
  /** `function (a, b, n) { return a[this.thread.x] + b[n]; }` */
  readonly source: string;
  /** The names of the arrays: the first parameters. At most `MAX_INPUTS`. */
  readonly inputs: readonly string[];
  /** The scalars, in the order of the parameters after the arrays. */
  readonly scalars: readonly ScalarParameter[];
  /** Functions that it calls, directly or by way of each other, apart from the natives. */
  readonly functions?: readonly GpuFunction[];
}

export interface ScalarParameter {
  readonly name: string;
  readonly type: ScalarType;
}

/** A function of floats, in gpu.js's dialect. */
export interface GpuFunction {
  readonly name: string;
  /** `function sigmoid(x) { return 1 / (1 + Math.exp(-x)); }` */
  readonly source: string;
  /** The names of its parameters. */
  readonly parameters: readonly string[];
  /** Whether it gives true or false instead of a float. */
  readonly truth?: boolean;
}

/** Every WebGPU device binds at least 8 storage buffers to a kernel, of which one is the output. */
export const MAX_INPUTS = 7;

/** A kernel in WGSL. */
export interface WgslKernel {
  /** What it is called in messages; kernels of one name have one code, so that pipelines can be kept by it. */
  readonly name: string;
  /**
   * A module whose entry point is `main`. In group 0, binding 0 is a `var<uniform>` of what `parameters` holds, bindings 1 to n
   * are the inputs (`var<storage, read>`), and binding n + 1 is the output (`var<storage, read_write>`). All are arrays of f32,
   * of vec2 or of vec4 of it: each buffer begins at a multiple of 256 bytes and is at least a multiple of 16 bytes long, but
   * what stands behind its last element is arbitrary. Extensions that it enables, such as `subgroups`, must be among the features of
   * `MachineInfo`.
   */
  readonly code: string;
}

/** How a kernel in gpu.js's dialect is called, on memory that comes in pieces of type B. */
export interface KernelCall<B = GpuBuffer> {
  readonly inputs: readonly B[];
  /** A number for each scalar parameter; an `int` is whole and has 31 bits. */
  readonly scalars: readonly number[];
  /** How many elements the output has, at least one. */
  readonly length: number;
}

/** How a kernel in WGSL is called. */
export interface WgslCall<B = GpuBuffer> {
  readonly inputs: readonly B[];
  /** The uniform of binding 0, laid out as WGSL wants it; its length is a multiple of 16 bytes and at most 256. */
  readonly parameters: ArrayBuffer;
  /** How many workgroups, along x, y and z: each at most `MachineInfo.limits.maxComputeWorkgroupsPerDimension`. */
  readonly workgroups: readonly [x: number, y: number, z: number];
  /** How many elements the output has. The kernel must write all of them: they are arbitrary before. */
  readonly length: number;
}

/** What runs the kernels. */
export interface MachineInfo {
  readonly technology: Technology;
  /** The name of the card or of the software in its place, as far as the system tells. */
  readonly adapter: string;
  /** Further remarks of the system on the adapter: vendor, architecture, driver. */
  readonly description: string;
  /** Limits by the names of the technology, such as `maxBufferSize` in bytes. */
  readonly limits: Readonly<Record<string, number>>;
  /** What there is beyond the standard, such as `subgroups`. */
  readonly features: readonly string[];
}

/** What is in use of the GPU's memory. */
export interface MachineMemory {
  /** Bytes that the machine holds, those of free buffers that wait for their next use included. */
  readonly reservedBytes: number;
  /** Free buffers that wait for their next use. */
  readonly pooledBuffers: number;
}

/** A GPU that is ready to compute. */
export interface GpuMachine {
  readonly info: MachineInfo;

  /** Copies numbers to the GPU; the array may change right after. @throws DeviceError if there is no room for so many. */
  upload(values: Float32Array): GpuBuffer;

  /**
   * Queues a kernel for each element of the output.
   * @throws DeviceError if gpu.js cannot translate the kernel, or there is no room for the output.
   */
  run(kernel: GpuKernel, call: KernelCall): GpuBuffer;

  /** Queues a kernel in WGSL; only where the technology is WebGPU. */
  readonly runWgsl?: (kernel: WgslKernel, call: WgslCall) => GpuBuffer;

  /** The numbers in the buffer once all work that was queued before is done. @throws DeviceError (rejects) as said above. */
  read(buffer: GpuBuffer): Promise<Float32Array>;

  /** Gives the buffer back: it can be another's from now on. Work that was queued before still sees its contents. */
  free(buffer: GpuBuffer): void;

  memory(): MachineMemory;

  /** Why the device is gone, once it is. */
  readonly lost: Promise<string>;

  /** Gives the device and all its memory back. */
  destroy(): void;
}
