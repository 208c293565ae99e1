/** The layer that stands in the place of an adapted one: the base layer, and what each adapter adds to its output. */
import { noGrad } from '@lowrank/autograd';
import {
  type Conv2d,
  type Layer,
  type Linear,
  Module,
  ModuleDict,
  type Parameter,
  ParameterDict,
} from '@lowrank/nn';
import { ArgumentError, checkOptions, concat, indexAdd, type Tensor, tensor } from '@lowrank/tensor';
import { checkRowAdapters, checkRowCount, rowsByAdapter, takeRows } from './mixed-batch.js';
import {
  type AdapterParts,
  type FactorParts,
  type Factors,
  factorsOf,
  type InitialFactors,
  type LayerKind,
  type LayerSettings,
  likeTensor,
  type Magnitude,
} from './parts.js';
import { type MixedBatch, OBEYS_ITS_MODEL, type RowAdapters, type Switches } from './switches.js';

/** A layer that can be adapted. */
export interface WeightedLayer extends Layer {
  readonly weight: Tensor;
  readonly bias?: Tensor | null;
}

/** The fields of an adapted layer that hold the parts of its adapters. */
const PART_FIELDS = [
  'lora_dropout',
  'lora_A',
  'lora_B',
  'lora_embedding_A',
  'lora_embedding_B',
  'lora_magnitude_vector',
  'lora_initial',
] as const satisfies readonly (keyof AdapterParts)[];

/**
 * base(x) + the sum over the active adapters of scale * B(A(dropout(x))), without ever forming B A. The base layer is the
 * object that it was before, whatever the number of adapters; fields are named, and printed, as in PEFT.
 *
 * An adapter with DoRA (Liu et al., 2024) changes the weight W by g * (W + scale * B A) - W instead, where g is its
 * magnitude over the present lengths of the vectors of W + scale * B A, which gradients take for constants. The changes of
 * several adapters add up, each computed from W itself; so their order does not matter.
 */
export abstract class AdaptedLayer<Base extends WeightedLayer = WeightedLayer> extends Module {
  readonly base_layer: Base;
  readonly lora_dropout = new ModuleDict<Layer>();
  readonly lora_A = new ModuleDict<Linear | Conv2d>();
  readonly lora_B = new ModuleDict<Linear | Conv2d>();
  readonly lora_embedding_A = new ParameterDict();
  readonly lora_embedding_B = new ParameterDict();
  readonly lora_magnitude_vector = new ModuleDict<Magnitude>();
  /** What initialisations take out of the base weight. There only while an adapter needs it. */
  declare readonly lora_initial?: ModuleDict<InitialFactors>;
  readonly #switches: Switches;
  readonly #settings = new Map<string, LayerSettings>();
  /** While adapters are merged, the base weight as it was before. */
  #original: Tensor | null = null;

  /** @param switches What the adapted layers of a model share. */
  constructor(base: Base, switches: Switches) {
    super();
    this.base_layer = base;
    this.#switches = switches;
    this.train(base.training);
  }

  abstract readonly kind: LayerKind;

  /** The number of axes of a batch. */
  protected abstract readonly batchAxes: number;

  /** The base weight as a matrix; no update has a higher rank than it. */
  abstract get matrixShape(): readonly [rows: number, columns: number];

  /** Fresh factors, drawn as PEFT draws them before it gives them their first values. */
  abstract freshFactors(rank: number): FactorParts;

  /** B A in the shape of the weight. */
  abstract product(factors: Factors): Tensor;

  /** The lengths of a weight's vectors, one for each output, in the shape of PEFT's magnitudes. */
  abstract lengths(weight: Tensor): Tensor;

  /** scale * B(A(x)) */
  protected abstract through(x: Tensor, factors: Factors, scale: number): Tensor;

  /** Numbers in the shape of `lengths`, in one that multiplies the weight or the output. */
  protected abstract alongOutputs(numbers: Tensor, of: 'weight' | 'output'): Tensor;

  /** The output of the base layer without its bias. */
  protected abstract withoutBias(output: Tensor): Tensor;

  override get typeName(): string {
    return `lora.${this.kind}`;
  }

  override get uncopyable(): string {
    return OBEYS_ITS_MODEL;
  }

  /** That of the base layer. */
  get weight(): Tensor {
    return this.base_layer.weight;
  }

  /** That of the base layer. */
  get bias(): Tensor | null {
    return this.base_layer.bias ?? null;
  }

  /** The base weight as it is without any adapter, also while some are merged into it. */
  get unmergedWeight(): Tensor {
    const { weight } = this;
    return this.#original === null ? weight : likeTensor(weight, this.#original);
  }

  /** The adapters of this layer, in the order in which they were added. */
  get adapters(): readonly string[] {
    return [...this.#settings.keys()];
  }

  /** The groups into which a convolution splits its channels; 1 for other layers. */
  get groups(): number {
    return 1;
  }

  /** Whether these are the switches that it looks at: those of the model to which its adapters were added. */
  obeys(switches: Switches): boolean {
    return this.#switches === switches;
  }

  /** Whether adapters are merged into its weight. */
  get isMerged(): boolean {
    return this.#original !== null;
  }

  hasAdapter(name: string): boolean {
    return this.#settings.has(name);
  }

  /** @throws ArgumentError if the layer has no such adapter. */
  settings(name: string): LayerSettings {
    const settings = this.#settings.get(name);
    if (settings !== undefined) return settings;
    throw new ArgumentError(
      this.typeName,
      `has no adapter ${name}; it has ${this.adapters.join(', ') || 'none'}`,
    );
  }

  /** What an adapter consists of in this layer. */
  parts(name: string): AdapterParts {
    const parts: Record<string, unknown> = {};
    for (const field of PART_FIELDS) {
      const part = this[field]?.get(name);
      if (part !== undefined) parts[field] = part;
    }
    return parts as unknown as AdapterParts;
  }

  /** One of the parts of an adapter. */
  part(name: string, field: keyof AdapterParts): Module | Parameter | undefined {
    return this[field]?.get(name);
  }

  /** The factors of an adapter's update. */
  factors(name: string): Factors {
    return factorsOf(this.parts(name));
  }

  /** @internal Adds an adapter, or replaces its settings. */
  attach(name: string, parts: AdapterParts, settings: LayerSettings): void {
    if (parts.lora_initial && !this.lora_initial) Object.assign(this, { lora_initial: new ModuleDict() });
    for (const [field, part] of Object.entries(parts) as [keyof AdapterParts, never][])
      this[field]?.set(name, part);
    this.#settings.set(name, settings);
    this.train(this.training);
  }

  /** @internal Takes an adapter out. */
  detachAdapter(name: string): void {
    for (const field of PART_FIELDS) this[field]?.delete(name);
    if (this.lora_initial?.length === 0) Reflect.deleteProperty(this, 'lora_initial');
    this.#settings.delete(name);
  }

  /** @internal Multiplies the updates of an adapter by another factor from now on. */
  rescale(name: string, scale: number): void {
    this.#settings.set(name, { ...this.settings(name), scale });
  }

  /**
   * @param x What the base layer takes.
   * @param options.adapters For each row of x the adapter that it goes through, or `null` for none.
   */
  forward(x: Tensor, options: MixedBatch = {}): Tensor {
    checkOptions(this.typeName, options);
    const output = this.base_layer.forward(x);
    const { enabled, active, merged, rows } = this.#switches;
    if (options.adapters !== undefined) checkRowAdapters(this.typeName, this.#switches, options.adapters);
    if (!enabled) return output;
    const mixed = options.adapters ?? rows;
    if (mixed !== null) return this.#mixed(x, output, mixed);
    const running = active.filter((name) => this.hasAdapter(name) && !merged.includes(name));
    return running.reduce((sum, name) => sum.add(this.#update(name, x, () => output)), output);
  }

  #mixed(x: Tensor, output: Tensor, rows: RowAdapters): Tensor {
    checkRowCount(this.typeName, x, rows, this.batchAxes);
    const groups = [...rowsByAdapter(rows)].filter(([name]) => this.hasAdapter(name));
    if (groups.length === 0) return output;
    const updates = groups.map(([name, group]) =>
      this.#update(name, takeRows(x, group), () => takeRows(output, group)),
    );
    const order = groups.flatMap(([, group]) => group);
    return indexAdd(output, 0, tensor(order, { dtype: 'int32', device: x.device }), concat(updates));
  }

  /** What an adapter adds to the output of the base layer for x. */
  #update(name: string, x: Tensor, output: () => Tensor): Tensor {
    const parts = this.parts(name);
    const { scale } = this.settings(name);
    const { lora_dropout, lora_initial, lora_magnitude_vector } = parts;
    const withoutInitial = (y: Tensor, of: Tensor) =>
      lora_initial ? y.sub(this.through(of, lora_initial, scale)) : y;
    const kept = lora_dropout.forward(x);
    const learned = this.through(kept, factorsOf(parts), scale);
    if (lora_magnitude_vector === undefined) return withoutInitial(learned, x);
    // What dropout leaves of x goes through all that the lengths scale, as in PEFT.
    const base = this.withoutBias(kept === x ? output() : this.base_layer.forward(kept));
    const gain = this.alongOutputs(this.#gain(lora_magnitude_vector, parts, scale), 'output');
    const rescaled = withoutInitial(base, kept).mul(gain.sub(1));
    return withoutInitial(rescaled.add(learned.mul(gain)), x);
  }

  /** What an adapter adds to the base weight, in its shape. */
  delta(name: string): Tensor {
    const parts = this.parts(name);
    const { scale } = this.settings(name);
    const change = this.change(parts, scale);
    if (parts.lora_magnitude_vector === undefined) return change;
    const gain = this.alongOutputs(this.#gain(parts.lora_magnitude_vector, parts, scale), 'weight');
    return this.unmergedWeight.add(change).mul(gain).sub(this.unmergedWeight);
  }

  /** scale * B A, less what the initialisation took out of the base weight: the change before DoRA's lengths. */
  change(parts: AdapterParts, scale: number): Tensor {
    const learned = this.product(factorsOf(parts)).mul(scale);
    return parts.lora_initial ? learned.sub(this.product(parts.lora_initial).mul(scale)) : learned;
  }

  /** The magnitudes over the present lengths, which are constants to gradients (section 4.3 of the paper). */
  #gain({ weight }: Magnitude, parts: AdapterParts, scale: number): Tensor {
    return weight.div(noGrad(() => this.lengths(this.unmergedWeight.add(this.change(parts, scale)))));
  }

  /** The base weight with the changes of some adapters. */
  mergedWeight(names: readonly string[]): Tensor {
    return noGrad(() =>
      names.reduce<Tensor>((weight, name) => weight.add(this.delta(name)), this.unmergedWeight.detach()),
    );
  }

  /** @internal Puts a merged weight in the place of the base weight, which is kept. */
  setMerged(value: Tensor): void {
    this.#original = this.unmergedWeight.detach();
    this.weight.assign(value);
  }

  /** @internal Puts the base weight back, the same bits that it had before. */
  restore(): void {
    if (this.#original !== null) this.weight.assign(this.unmergedWeight);
    this.#original = null;
  }

  /** @internal Keeps the merged weight for good. */
  keepMerged(): void {
    this.#original = null;
  }
}
