/** The GPU by WebGPU: gpu.js translates kernels to WGSL, and buffers, pipelines and the queue are ours. */
import { DeviceError } from '../../../errors.js';
import type {
  GpuBuffer,
  GpuKernel,
  GpuMachine,
  KernelCall,
  MachineInfo,
  MachineMemory,
  WgslCall,
  WgslKernel,
} from '../machine.js';
import type { Gpu, GpuAdapter, GpuDevice } from './api.js';
import { Buffers, type PooledBuffer } from './buffers.js';
import { Pipelines } from './pipelines.js';
import { Queue } from './queue.js';
import { type GpuJs, type Translation, translate, WORKGROUP } from './translate.js';

/** What is asked for beyond the standard, where the adapter has it. */
const FEATURES = ['subgroups'];

/** The limits that are raised to what the adapter has. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
];

/** Milliseconds. */
const LOSS_TOLD_WITHIN = 500;

/** Starts WebGPU, or says why it is not to be had. */
export async function openWebGpu(gpu: Gpu, gpuJs: GpuJs): Promise<GpuMachine | string> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return 'navigator.gpu gives no adapter';
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name] as number])),
  });
  return new WebGpuMachine(gpu, device, describe(adapter, device), gpuJs);
}

function describe({ info }: GpuAdapter, device: GpuDevice): MachineInfo {
  const limits: Record<string, number> = {};
  // Its properties are getters of its class.
  for (const name in device.limits) {
    if (typeof device.limits[name] === 'number') limits[name] = device.limits[name];
  }
  return {
    technology: 'webgpu',
    adapter: info.device || info.description || info.vendor || 'unknown',
    description: [info.vendor, info.architecture, info.description].filter((part) => part !== '').join(', '),
    limits,
    features: [...device.features],
  };
}

class WebGpuMachine implements GpuMachine {
  readonly lost: Promise<string>;
  readonly #buffers: Buffers;
  readonly #queue: Queue;
  readonly #pipelines: Pipelines;
  readonly #translations = new Map<string, Translation>();
  /** What comes of kernels that are being compiled, and of buffers that are being made. */
  #begun: Promise<DeviceError | undefined>[] = [];
  /** The first thing that went wrong since the last read. */
  #failure: DeviceError | undefined;

  constructor(
    /** Held for as long as the device is in use: Dawn ends, and takes the process along, when it is collected. */
    protected readonly gpu: Gpu,
    private readonly device: GpuDevice,
    readonly info: MachineInfo,
    private readonly gpuJs: GpuJs,
  ) {
    // A device that is lost drops its error scopes.
    const began = (outcome: Promise<DeviceError | undefined>) => {
      this.#begun.push(outcome.catch(() => undefined));
    };
    this.#buffers = new Buffers(device, began);
    this.#queue = new Queue(device);
    this.#pipelines = new Pipelines(device, began);
    this.lost = device.lost.then(({ message, reason }) => message || reason);
    device.onuncapturederror = (event) => {
      // Or it would be written to the console as well.
      event.preventDefault();
      this.#failure ??= new DeviceError('gpu', event.error.message);
    };
  }

  upload(values: Float32Array): GpuBuffer {
    const { buffer, isNew } = this.#buffers.take(values.length);
    this.#queue.write(buffer.raw, values, isNew);
    return buffer;
  }

  run(kernel: GpuKernel, { inputs, scalars, length }: KernelCall): GpuBuffer {
    const translation = this.#translated(kernel);
    const pipeline = this.#pipelines.get(kernel.name, inputs.length, () => translation.code);
    const [x, y] = this.#grid(Math.ceil(length / WORKGROUP));
    const uniform = new ArrayBuffer(translation.uniformBytes);
    const view = new DataView(uniform);
    // What gpu.js's kernels begin with: the three lengths of the output, and how many threads a row of workgroups has.
    [length, 1, 1, x * WORKGROUP].forEach((value, i) => {
      view.setUint32(4 * i, value, true);
    });
    kernel.scalars.forEach(({ type }, i) => {
      const offset = translation.scalarOffsets[i];
      if (type === 'int') view.setInt32(offset, scalars[i], true);
      else view.setFloat32(offset, scalars[i], true);
    });
    const { buffer } = this.#buffers.take(length);
    this.#queue.dispatch(pipeline, rawBuffers(inputs, buffer), uniform, [x, y, 1]);
    return buffer;
  }

  runWgsl(kernel: WgslKernel, { inputs, parameters, workgroups, length }: WgslCall): GpuBuffer {
    const pipeline = this.#pipelines.get(kernel.name, inputs.length, () => kernel.code);
    const { buffer } = this.#buffers.take(length);
    this.#queue.dispatch(pipeline, rawBuffers(inputs, buffer), parameters, workgroups);
    return buffer;
  }

  async read(buffer: GpuBuffer): Promise<Float32Array> {
    const { raw, length } = buffer as PooledBuffer;
    // A copy has a multiple of 4 bytes, and at least one such.
    const bytes = this.#queue.read(raw, Math.max(4, 4 * length));
    // Mapping fails if the device is lost.
    const outcome = await bytes.catch((cause: Error) => cause.message);
    const failure = (await this.#firstError()) ?? this.#failure;
    this.#failure = undefined;
    // What was queued while this waited may refer to buffers that are free by now.
    this.#queue.submit();
    if (failure !== undefined) {
      // It may have been for want of memory.
      this.#buffers.clear();
      throw failure;
    }
    if (typeof outcome === 'string') {
      throw new DeviceError(
        'gpu',
        `the values cannot be read: ${await this.#reasonOf(outcome)}. Call useGpu() for a new device`,
      );
    }
    this.#buffers.trim();
    return new Float32Array(outcome, 0, length);
  }

  free(buffer: GpuBuffer): void {
    this.#buffers.give(buffer as PooledBuffer);
  }

  memory(): MachineMemory {
    return this.#buffers.memory();
  }

  destroy(): void {
    this.device.destroy();
  }

  #translated(kernel: GpuKernel): Translation {
    const known = this.#translations.get(kernel.name);
    if (known !== undefined) return known;
    const translation = translate(this.gpuJs, kernel);
    this.#translations.set(kernel.name, translation);
    return translation;
  }

  /** So many workgroups as rows, none longer than a device allows. */
  #grid(groups: number): readonly [x: number, y: number] {
    const y = Math.ceil(groups / this.info.limits.maxComputeWorkgroupsPerDimension);
    return [Math.ceil(groups / y), y];
  }

  /** What made a read fail: a lost device, which browsers tell a little later than the reads that it ends, or what they said. */
  #reasonOf(message: string): Promise<string> {
    const later = new Promise<string>((resolve) => setTimeout(resolve, LOSS_TOLD_WITHIN, message));
    return Promise.race([this.lost.then((reason) => `the device is lost (${reason})`), later]);
  }

  /** Of what was begun, the first mistake: what else went wrong follows from it. */
  async #firstError(): Promise<DeviceError | undefined> {
    const outcomes = this.#begun;
    this.#begun = [];
    return (await Promise.all(outcomes)).find((error) => error !== undefined);
  }
}

function rawBuffers(inputs: readonly GpuBuffer[], output: PooledBuffer) {
  return [...(inputs as readonly PooledBuffer[]), output].map(({ raw }) => raw);
}
