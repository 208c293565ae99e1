/** Compiled kernels of a WebGPU device, by name. Compiling is queued as all else: what is wrong with a kernel shows later. */
import { DeviceError } from '../../../errors.js';
import { type GpuDevice, STAGE_COMPUTE } from './api.js';

export interface Pipeline {
  readonly pipeline: object;
  readonly layout: object;
}

export class Pipelines {
  readonly #byName = new Map<string, Pipeline>();
  /** What is wrong with kernels that did not compile. */
  readonly #broken = new Map<string, DeviceError>();
  /** By the number of inputs. */
  readonly #layouts: { readonly group: object; readonly pipeline: object }[] = [];

  constructor(
    private readonly device: GpuDevice,
    /** Hears what a compilation that has begun comes to. */
    private readonly began: (outcome: Promise<DeviceError | undefined>) => void,
  ) {}

  /**
   * The pipeline of a kernel with so many inputs; `code` is asked for only once for each name.
   * @throws DeviceError if it is known by now that it does not compile.
   */
  get(name: string, inputs: number, code: () => string): Pipeline {
    const error = this.#broken.get(name);
    if (error !== undefined) throw error;
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const compiled = this.#compile(name, inputs, code());
    this.#byName.set(name, compiled);
    return compiled;
  }

  #compile(name: string, inputs: number, code: string): Pipeline {
    const { device } = this;
    this.#layouts[inputs] ??= this.#layoutFor(inputs);
    const layout = this.#layouts[inputs];
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code, label: name });
    const pipeline = device.createComputePipeline({
      layout: layout.pipeline,
      compute: { module, entryPoint: 'main' },
      label: name,
    });
    this.began(this.#outcome(name, code));
    return { pipeline, layout: layout.group };
  }

  async #outcome(name: string, code: string): Promise<DeviceError | undefined> {
    const error = await this.device.popErrorScope();
    if (!error) return undefined;
    const failure = new DeviceError(name, `this kernel does not compile: ${error.message}\n${code}`);
    this.#broken.set(name, failure);
    return failure;
  }

  #layoutFor(inputs: number) {
    const entry = (binding: number, buffer: object) => ({ binding, visibility: STAGE_COMPUTE, buffer });
    const group = this.device.createBindGroupLayout({
      entries: [
        entry(0, { type: 'uniform', hasDynamicOffset: true }),
        ...Array.from({ length: inputs }, (_, i) => entry(i + 1, { type: 'read-only-storage' })),
        entry(inputs + 1, { type: 'storage' }),
      ],
    });
    return { group, pipeline: this.device.createPipelineLayout({ bindGroupLayouts: [group] }) };
  }
}
