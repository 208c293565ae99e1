/** What a hand-written kernel is: WGSL, the numbers that it is told, its operands, and how many workgroups run it. */

/** What of the adapter decides how a kernel is written. */
export interface Capabilities {
  /** Intel's adapters have half as many registers for an invocation as others. */
  readonly isIntel: boolean;
  /** Whether the device was made with the feature `subgroups`. */
  readonly subgroups: boolean;
  /** Whether a processor does the adapter's work: then what is large takes seconds to compile. */
  readonly isSoftware: boolean;
  /** How all products are to be cut, such as `128x128x16/8x8@1`, for benches that compare. Default: as suits the shape. */
  readonly cut?: string | undefined;
}

/** Where an input of a step comes from: an operand of the op, by its index, the step before, or a table of its own. */
export type Source = number | 'previous' | Uint32Array;

/** One dispatch. */
export interface Step {
  /** Names the code: steps with the same key have the same code, so that its pipeline can be kept. */
  readonly key: string;
  /** The WGSL. In group 0, binding 0 are the parameters (uniform), 1 and on the inputs, the last one the output. */
  readonly code: () => string;
  /** Unsigned 32-bit numbers, in the order in which the code declares them. */
  readonly params: readonly number[];
  readonly inputs: readonly Source[];
  /** How many workgroups there are along x and y. */
  readonly workgroups: readonly [x: number, y: number];
  /** Values of the output, a new buffer of float32. Every one of them is written. */
  readonly length: number;
}

/**
 * The dispatches of an op, in their order: the output of the last one is the result. None where the product is so small that it is
 * not worth a kernel of its own.
 */
export type Plan = readonly Step[];

/** What a buffer is declared to hold. */
export type Element = 'f32' | 'vec4f' | 'u32';

/** A kernel without what all kernels have in common. */
export interface KernelText {
  readonly inputs: Readonly<Record<string, Element>>;
  readonly output: Element;
  /** Invocations in a workgroup. */
  readonly threads: number;
  /** Functions and shared memory. */
  readonly declarations?: string;
  /** Extensions of WGSL that it uses. */
  readonly features?: readonly string[];
  /** What a workgroup does: `id` is its number, `thread` an invocation's number within it. The result goes to `out`. */
  readonly body: string;
}

export interface StepDefinition<Options extends object> {
  readonly kind: string;
  /** All that the text depends on, as plain data: kind and options are the step's key. */
  readonly options: Options;
  readonly text: (options: Options) => KernelText;
  /** The numbers that the kernel finds as `params.name`. */
  readonly params: Readonly<Record<string, number>>;
  readonly inputs: readonly Source[];
  /** How many workgroups there are in all. */
  readonly groups: number;
  readonly length: number;
}

/** `GPUSupportedLimits.maxComputeWorkgroupsPerDimension` that every device has. */
const MOST_GROUPS_IN_A_ROW = 65535;

export function defineStep<Options extends object>(definition: StepDefinition<Options>): Step {
  const { kind, options, text, inputs, groups, length } = definition;
  const params = { groups, ...definition.params };
  const rows = Math.ceil(groups / MOST_GROUPS_IN_A_ROW);
  return {
    key: `${kind} ${JSON.stringify(options)}`,
    code: () => shader(Object.keys(params), text(options)),
    params: Object.values(params),
    inputs,
    workgroups: [Math.ceil(groups / rows), rows],
    length,
  };
}

function shader(params: readonly string[], text: KernelText): string {
  const { inputs, output, threads, declarations, features = [], body } = text;
  const buffers = Object.entries(inputs).map(
    ([name, element], i) => `@group(0) @binding(${i + 1}) var<storage, read> ${name}: array<${element}>;`,
  );
  const hasSubgroups = features.includes('subgroups');
  return `${features.map((name) => `enable ${name};`).join('\n')}
struct Params { ${params.map((name) => `${name}: u32`).join(', ')} }
@group(0) @binding(0) var<uniform> params: Params;
${buffers.join('\n')}
@group(0) @binding(${buffers.length + 1}) var<storage, read_write> out: array<${output}>;
${declarations ?? ''}
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) cell: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) thread: u32,
  ${hasSubgroups ? '@builtin(subgroup_invocation_id) subgroupLane: u32, @builtin(subgroup_size) subgroupSize: u32,' : ''}
) {
  let id = cell.x + cell.y * grid.x;
  if (id >= params.groups) { return; }
${body}
}
`;
}

/** A text for each of `count` numbers, a line each. */
export function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('\n');
}
