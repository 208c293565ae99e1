/** What one adapter adds to one layer: its parts, under the names that PEFT gives them. */
import { Buffer, type Conv2d, type Layer, type Linear, Module, Parameter } from '@lowrank/nn';
import { type Shape, type Tensor, to } from '@lowrank/tensor';

/** The kinds of layers that can be adapted. */
export type LayerKind = 'Linear' | 'Conv2d' | 'Embedding';

/** The factors of an update, in the shapes that PEFT's files have. */
export interface Factors {
  /** Linear [r, in], Conv2d [r, in, KH, KW], Embedding [r, numEmbeddings] */
  readonly A: Tensor;
  /** Linear [out, r], Conv2d [out, r / groups, 1, 1], Embedding [embeddingDim, r] */
  readonly B: Tensor;
}

/** The config of an adapter as it is for one layer. */
export interface LayerSettings {
  readonly rank: number;
  /** The factor of the update. */
  readonly scale: number;
  readonly dropout: number;
  readonly useDora: boolean;
}

/** What an initialisation is told of a layer. */
export interface InitRequest {
  readonly kind: LayerKind;
  /** The base weight, in its own shape. */
  readonly weight: Tensor;
  readonly rank: number;
  /** The factor of the update. */
  readonly scale: number;
  /** The shapes of A and B. */
  readonly shapes: { readonly A: Shape; readonly B: Shape };
}

/** The values with which A and B begin. */
export interface InitialValues extends Factors {
  /** Whether scale * B A is taken out of the base weight, so that the model computes at first what it did before. */
  readonly subtracted: boolean;
}

/** The factors that an initialisation takes out of the base weight (PiSSA, OLoRA): saved with the model, not trained. */
export class InitialFactors extends Module implements Factors {
  readonly A: Buffer;
  readonly B: Buffer;

  constructor({ A, B }: Factors) {
    super();
    this.A = new Buffer(A.detach());
    this.B = new Buffer(B.detach());
  }

  forward(): Factors {
    return this;
  }
}

/** The lengths that DoRA trains. */
export class Magnitude extends Module {
  /** Linear [out], Conv2d [1, out, 1, 1], Embedding [embeddingDim] */
  readonly weight: Parameter;

  constructor(
    readonly kind: LayerKind,
    lengths: Tensor,
  ) {
    super();
    this.weight = new Parameter(lengths);
  }

  override get typeName(): string {
    return `lora.dora.Dora${this.kind}Layer`;
  }

  forward(): Tensor {
    return this.weight;
  }
}

/** A and B, as the modules or parameters that hold them. */
export interface FactorParts {
  readonly lora_A?: Linear | Conv2d;
  readonly lora_B?: Linear | Conv2d;
  readonly lora_embedding_A?: Parameter;
  readonly lora_embedding_B?: Parameter;
}

/** The parts of an adapter in one layer, each named as the layer's field in which it stands under the adapter's name. */
export interface AdapterParts extends FactorParts {
  readonly lora_dropout: Layer;
  readonly lora_magnitude_vector?: Magnitude;
  readonly lora_initial?: InitialFactors;
}

/** The factors among the parts. */
export function factorsOf({ lora_A, lora_B, lora_embedding_A, lora_embedding_B }: FactorParts): Factors {
  return {
    A: lora_A?.weight ?? (lora_embedding_A as Parameter),
    B: lora_B?.weight ?? (lora_embedding_B as Parameter),
  };
}

/** The trained parts, each with the end of its tensor's name in PEFT's files. */
const TRAINED_PARTS = [
  ['lora_A', 'lora_A.weight'],
  ['lora_B', 'lora_B.weight'],
  ['lora_embedding_A', 'lora_embedding_A'],
  ['lora_embedding_B', 'lora_embedding_B'],
  ['lora_magnitude_vector', 'lora_magnitude_vector'],
] as const satisfies readonly (readonly [keyof AdapterParts, string])[];

/** The trained tensors among the parts, each with the end of its name in PEFT's files. */
export function trainedTensors(
  part: (field: keyof AdapterParts) => Module | Parameter | undefined,
): (readonly [name: string, parameter: Parameter])[] {
  const found: (readonly [name: string, parameter: Parameter])[] = [];
  for (const [field, name] of TRAINED_PARTS) {
    const held = part(field);
    const tensor: unknown = held instanceof Module ? Reflect.get(held, 'weight') : held;
    if (tensor instanceof Parameter) found.push([name, tensor]);
  }
  return found;
}

/** A value with the dtype and on the device of another. */
export function likeTensor({ dtype, device }: Tensor, value: Tensor): Tensor {
  return to(to(value, dtype), device);
}
