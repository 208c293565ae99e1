/** Compiled kernels of a WebGL context, by name. */
import { DeviceError } from '../../../errors.js';
import type { GpuKernel } from '../machine.js';
import type { Gl, GlProgram, GlShader, GlUniform } from './gl.js';
import { fragmentShader, type GpuJs, LENGTH_UNIFORM, uniformOf, VERTEX_SHADER } from './translate.js';

/** A kernel that is ready to be drawn with. Its input i is read from texture unit i. */
export interface Program {
  readonly program: GlProgram;
  readonly length: GlUniform | null;
  readonly scalars: readonly (GlUniform | null)[];
}

export class Programs {
  readonly #byName = new Map<string, Program>();
  readonly #vertexShader: GlShader;

  constructor(
    private readonly gl: Gl,
    private readonly gpuJs: GpuJs,
    private readonly rowBits: number,
  ) {
    this.#vertexShader = this.#compile(gl.VERTEX_SHADER, VERTEX_SHADER);
  }

  /** @throws DeviceError if gpu.js cannot translate the kernel, or the driver does not compile what it wrote. */
  get(kernel: GpuKernel): Program {
    const known = this.#byName.get(kernel.name);
    if (known !== undefined) return known;
    const program = this.#link(kernel);
    this.#byName.set(kernel.name, program);
    return program;
  }

  #link(kernel: GpuKernel): Program {
    const { gl } = this;
    const source = fragmentShader(this.gpuJs, kernel, this.rowBits);
    const shader = this.#compile(gl.FRAGMENT_SHADER, source);
    const program = gl.createProgram();
    gl.attachShader(program, this.#vertexShader);
    gl.attachShader(program, shader);
    gl.linkProgram(program);
    // Nothing links once the context is lost, which reads tell.
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const log = gl.getShaderInfoLog(shader) || gl.getProgramInfoLog(program);
      throw new DeviceError(kernel.name, `this kernel does not compile: ${log}\n${source}`);
    }
    gl.useProgram(program);
    const uniform = (name: string) => gl.getUniformLocation(program, name);
    kernel.inputs.forEach((name, unit) => {
      gl.uniform1i(uniform(uniformOf(name)), unit);
    });
    return {
      program,
      length: uniform(LENGTH_UNIFORM),
      scalars: kernel.scalars.map(({ name }) => uniform(uniformOf(name))),
    };
  }

  #compile(type: number, source: string): GlShader {
    const { gl } = this;
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    return shader;
  }
}
