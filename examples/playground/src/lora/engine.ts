/** The network that reads digits, with an adapter for each hand: it reads, is fine-tuned, takes adapters in and gives them out. */
import {
  Adam,
  type Adapted,
  type AdapterFiles,
  ArgumentError,
  addAdapter,
  CONVOLUTIONS,
  copyModule,
  DataLoader,
  deleteAdapter,
  deserializeAdapter,
  FormatError,
  fromTypedArray,
  listAdapters,
  MnistCnn,
  manualSeed,
  noGrad,
  parseSafetensors,
  serializeAdapter,
  setAdapter,
  softmax,
  type Tensor,
  type TrainingStep,
  trainClassifier,
} from 'lowrank';
import { BASE_MODEL } from './base-model.js';
import type { Digits } from './digits.js';
import { SIDE } from './mnist-image.js';
import { Practice } from './practice.js';

/** Half of a batch are own digits, half are replayed ones. */
const BATCH_SIZE = 32;

/** Updates are scaled by alpha / r, which is then 2 for every rank. */
const ALPHA_PER_RANK = 2;

/** How many digits of MNIST that no training has seen were read right. */
export interface Score {
  readonly right: number;
  readonly total: number;
}

/** What there is to tell of the network, or of an adapter. */
export interface Facts {
  readonly parameters: number;
  readonly score: Score;
}

/** An adapter, as it is downloaded, with what there is to tell of it. */
export interface AdapterFacts extends Facts {
  readonly files: AdapterFiles;
  readonly rank: number;
  /** The layers that it adapts. */
  readonly layers: readonly string[];
}

export interface FineTuning {
  /** What the new adapter is called. */
  readonly name: string;
  readonly rank: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly own: Digits;
}

export interface FineTuningEvents {
  /** Stops it between two steps; there is no new adapter then. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: TrainingStep) => void;
}

/** What one image, or each of several, is taken for. */
export interface Reading {
  /** The probabilities of the ten digits, [N, 10]. */
  readonly probabilities: Float32Array;
  /** The same of the network that never had an adapter. */
  readonly untouched: Float32Array;
}

/** One network for all hands: the digits of each are read by the same base and an adapter of their own. */
export class Engine {
  /** Images for practice, which MNIST's training set holds. */
  readonly replayed: Digits;
  readonly #tests: Digits;
  readonly #model: Adapted<MnistCnn>;
  /** What the model was before it had any adapter, to compare with. */
  readonly #untouched: MnistCnn;

  /**
   * @param network The weights of an `MnistCnn` as a safetensors file.
   * @param digits Images and labels of MNIST, `replay` and `test`, as a safetensors file.
   */
  constructor(network: Uint8Array, digits: Uint8Array) {
    this.#untouched = new MnistCnn();
    this.#untouched.loadStateDict(parseSafetensors(network).tensors);
    this.#model = copyModule(this.#untouched);
    const { tensors } = parseSafetensors(digits);
    this.replayed = digitsOf(tensors, 'replay');
    this.#tests = digitsOf(tensors, 'test');
  }

  /** What there is to tell of the network without adapters. */
  facts(): Facts {
    return { parameters: sizeOf(this.#untouched.stateDict()), score: this.#score(null) };
  }

  /**
   * Reads digits, and leaves the adapter that is being trained, if one is, the active one.
   * @param images Grey values from 0 to 1, [N, 28, 28].
   * @param adapter The name of the adapter that reads; `null` for the network with its adapters switched off.
   * @throws ArgumentError if there is no such adapter.
   */
  read(images: Float32Array, adapter: string | null): Reading {
    const x = batchOf(images);
    return {
      probabilities: probabilitiesOf(this.#logits(x, adapter)),
      untouched: probabilitiesOf(noGrad(() => this.#untouched.forward(x))),
    };
  }

  /**
   * Trains a new adapter on own digits and replayed ones. It appears when it is finished: if anything goes wrong, there is none.
   * @throws ArgumentError for a rank that the layers cannot have; the signal's reason, if it was aborted.
   */
  async fineTune(
    { name, rank, steps, learningRate, own }: FineTuning,
    events: FineTuningEvents = {},
  ): Promise<AdapterFacts> {
    manualSeed(0);
    const config = { r: rank, alpha: ALPHA_PER_RANK * rank, targetModules: CONVOLUTIONS };
    addAdapter(this.#model, config, name);
    return this.#orNone(name, async () => {
      setAdapter(this.#model, name);
      const trained = this.#model.parameters().filter((parameter) => parameter.requiresGrad);
      const practice = new Practice(own, this.replayed, steps * BATCH_SIZE);
      const loader = new DataLoader(practice, { batchSize: BATCH_SIZE });
      await trainClassifier(this.#model, loader, new Adam(trained, { lr: learningRate }), events);
      return this.#factsOf(name);
    });
  }

  /**
   * Adds the adapter of two files.
   * @throws FormatError for files that are broken, do not fit the network, or hold numbers that are not finite.
   */
  async takeIn(name: string, files: AdapterFiles): Promise<AdapterFacts> {
    deserializeAdapter(this.#model, files, name);
    return this.#orNone(name, async () => {
      const infinite = Object.entries(tensorsOf(this.#serialize(name))).find(
        ([, values]) => values.isfinite().all().item() === 0,
      );
      if (infinite !== undefined) {
        throw new FormatError(
          'takeIn',
          `${infinite[0]} holds numbers that are not finite; nothing could be read with them`,
        );
      }
      return this.#factsOf(name);
    });
  }

  /** Removes an adapter. */
  forget(name: string): void {
    deleteAdapter(this.#model, name);
  }

  /** What `work` gives, or, if it throws, no such adapter. */
  async #orNone<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.forget(name);
      throw error;
    }
  }

  #factsOf(name: string): AdapterFacts {
    const files = this.#serialize(name);
    const info = listAdapters(this.#model).find((adapter) => adapter.name === name);
    const { config, layers = [] } = info ?? {};
    return {
      files,
      layers,
      rank: config?.r ?? 0,
      parameters: sizeOf(tensorsOf(files)),
      score: this.#score(name),
    };
  }

  #serialize(name: string): AdapterFiles {
    return serializeAdapter(this.#model, name, { baseModel: BASE_MODEL });
  }

  #logits(x: Tensor, adapter: string | null): Tensor {
    const names = listAdapters(this.#model).map(({ name }) => name);
    if (adapter !== null && !names.includes(adapter)) {
      throw new ArgumentError(
        'read',
        `there is no adapter ${adapter}; there are ${names.join(', ') || 'none'}`,
      );
    }
    const adapters = new Array<string | null>(x.shape[0] as number).fill(adapter);
    const { training } = this.#model;
    // An adapter that was loaded may have dropout, which is for training.
    this.#model.eval();
    try {
      return noGrad(() => (names.length > 0 ? this.#model.forward(x, { adapters }) : this.#model.forward(x)));
    } finally {
      this.#model.train(training);
    }
  }

  #score(adapter: string | null): Score {
    const { images, labels } = this.#tests;
    const read = this.#logits(batchOf(images), adapter).argmax(1).dataSync();
    return { right: labels.filter((label, i) => label === read[i]).length, total: labels.length };
  }
}

function batchOf(images: Float32Array): Tensor {
  return fromTypedArray(images, [images.length / (SIDE * SIDE), 1, SIDE, SIDE]);
}

function probabilitiesOf(logits: Tensor): Float32Array {
  return softmax(logits, 1).dataSync() as Float32Array;
}

type Tensors = Readonly<Record<string, Tensor>>;

function tensorsOf({ tensors }: AdapterFiles): Tensors {
  return parseSafetensors(tensors).tensors;
}

/** How many numbers there are. */
function sizeOf(tensors: Tensors): number {
  return Object.values(tensors).reduce((sum, values) => sum + values.numel(), 0);
}

/** @throws FormatError if the file does not hold them. */
function digitsOf(tensors: Tensors, name: string): Digits {
  const { [`${name}.images`]: images, [`${name}.labels`]: labels } = tensors;
  if (images === undefined || labels === undefined)
    throw new FormatError('Engine', `there are no ${name} digits`);
  return {
    images: images.to('float32').div(255).dataSync() as Float32Array,
    labels: labels.dataSync() as Int32Array,
  };
}
