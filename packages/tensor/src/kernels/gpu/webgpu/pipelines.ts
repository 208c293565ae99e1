/** Compiled kernels of a WebGPU device, by name. Compiling is queued as all else: what is wrong with a kernel shows later. */
import { DeviceError } from '../../../errors.js';
import { type GpuDevice, STAGE_COMPUTE } from './api.js';

export interface Pipeline {
  readonly pipeline: object;
  readonly layout: object;
}

export class Pipelines {
  readonly #byName = new Map<string, Pipeline>();
  /** By the number of inputs. */
  readonly #layouts: { readonly group: object; readonly pipeline: object }[] = [];

  constructor(
    private readonly device: GpuDevice,
    /** Hears of a kernel that does not compile. */
    private readonly failed: (error: DeviceError) => void,
    /** Hears that something has begun that may yet fail. */
    private readonly pending: (outcome: Promise<void>) => void,
  ) {}

  /** The pipeline of a kernel with so many inputs; `code` is asked for only once for each name. */
  get(name: string, inputs: number, code: () => string): Pipeline {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const compiled = this.#compile(name, inputs, code());
    this.#byName.set(name, compiled);
    return compiled;
  }

  #compile(name: string, inputs: number, code: string): Pipeline {
    const { device } = this;
    const layout = (this.#layouts[inputs] ??= this.#layoutFor(inputs));
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code, label: name });
    const pipeline = device.createComputePipeline({
      layout: layout.pipeline,
      compute: { module, entryPoint: 'main' },
      label: name,
    });
    const check = async () => {
      const error = await device.popErrorScope();
      if (error) this.failed(new DeviceError(name, `this kernel does not compile: ${error.message}\n${code}`));
    };
    this.pending(check());
    return { pipeline, layout: layout.group };
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
