/** The stages that a run of the MNIST job is made of: training and testing, timed and told to a narrator. */
import {
  type LabelledImages,
  type MnistCnn,
  MnistDataset,
  type MnistFiles,
  type ProgressBar,
  type TestResult,
  testClassifier,
  trainClassifier,
} from '@lowrank/models';
import { Adam, DataLoader, type Dataset, type Parameter, Subset } from '@lowrank/nn';
import { Generator, randperm } from '@lowrank/tensor';
import { type CurvePoint, type Evaluation, evaluationOf, type ParameterSummary } from '../summary.js';
import { BATCH_SIZE, imageCounts, LEARNING_RATES, type MnistOptions } from './options.js';

/** How a run tells what it is doing. */
export interface Narrator {
  /** A part of the run begins. */
  chapter(title: string): void;
  /** A loop of `total` rounds begins. */
  loop(label: string, total: number): Promise<ProgressBar>;
  /** The network was trained and tested. */
  tested(name: string, evaluation: Evaluation): void;
  /** LoRA was added, and everything else frozen. */
  adapted(parameters: ParameterSummary, frozen: readonly string[]): void;
}

/** A test, with what follows from its confusion matrix. */
export interface Tested extends TestResult {
  readonly evaluation: Evaluation;
}

/** Which network is trained. */
export type Trained = keyof typeof LEARNING_RATES;

/** How long the stages took, in seconds; `test` is the sum of all tests. */
export type StageSeconds = Readonly<Record<Trained | 'test', number>>;

/** How many images of other digits are replayed for each image of the digit that is specialised on. */
const REPLAYED_PER_IMAGE = 3;

/** What the stages of one run share: the images, the settings, the clock. */
export class Stages {
  readonly trainSet: MnistSubset;
  readonly testSet: MnistSubset;
  readonly #generator: Generator;
  readonly #seconds = { base: 0, lora: 0, specialised: 0, test: 0 };

  constructor(
    files: MnistFiles,
    readonly options: MnistOptions,
    readonly narrator: Narrator,
    readonly signal: AbortSignal | undefined,
  ) {
    const counts = imageCounts(options);
    this.#generator = new Generator(options.seed);
    this.trainSet = this.#draw(new MnistDataset(files.train), counts.train);
    this.testSet = this.#draw(new MnistDataset(files.test), counts.test);
  }

  get seconds(): StageSeconds {
    return this.#seconds;
  }

  /** Trains the parameters with Adam and returns the curve of loss and accuracy. */
  async train(
    stage: Trained,
    model: MnistCnn,
    parameters: readonly Parameter[],
    dataset: Dataset<LabelledImages>,
  ): Promise<readonly CurvePoint[]> {
    const { epochs, seed } = this.options;
    const loader = new DataLoader(dataset, { batchSize: BATCH_SIZE, shuffle: true, seed });
    const optimizer = new Adam(parameters, { lr: LEARNING_RATES[stage] });
    const recent = new RunningMean();
    return this.#timed(stage, 'training', epochs * loader.length, (tell) =>
      trainClassifier(model, loader, optimizer, {
        epochs,
        signal: this.signal,
        onStep: ({ step, loss, accuracy }) => {
          recent.add({ loss, accuracy });
          tell(step, `loss ${recent.loss.toFixed(3)}  accuracy ${(100 * recent.accuracy).toFixed(1)} %`);
        },
      }),
    );
  }

  /** Tests the network on the test images. */
  async test(name: string, model: MnistCnn): Promise<Tested> {
    const loader = new DataLoader(this.testSet, { batchSize: TEST_BATCH_SIZE });
    const result = await this.#timed('test', 'testing', this.testSet.length, (tell) =>
      testClassifier(model, loader, { signal: this.signal, onBatch: (examples) => tell(examples) }),
    );
    const evaluation = evaluationOf(result.confusion);
    this.narrator.tested(name, evaluation);
    return { ...result, evaluation };
  }

  /** The training images of one digit, and as many of the others, so that these are not forgotten. */
  mixtureFor(digit: number): {
    readonly dataset: MnistSubset;
    readonly images: { readonly digit: number; readonly replayed: number };
  } {
    const { labels } = this.trainSet;
    const positions = Array.from(labels.keys());
    const own = positions.filter((i) => labels[i] === digit);
    const others = positions.filter((i) => labels[i] !== digit);
    const count = Math.min(others.length, own.length * REPLAYED_PER_IMAGE);
    const replayed = Array.from(
      randperm(others.length, { generator: this.#generator }).dataSync().slice(0, count),
      (i) => others[i] as number,
    );
    return {
      dataset: new MnistSubset(this.trainSet, [...own, ...replayed]),
      images: { digit: own.length, replayed: count },
    };
  }

  #draw(source: MnistDataset, count: number): MnistSubset {
    return new MnistSubset(
      source,
      randperm(source.length, { generator: this.#generator }).dataSync().slice(0, count),
    );
  }

  async #timed<T>(
    stage: keyof StageSeconds,
    label: string,
    total: number,
    loop: (tell: (done: number, note?: string) => void) => Promise<T>,
  ): Promise<T> {
    const startedAt = performance.now();
    const bar = await this.narrator.loop(label, total);
    try {
      return await loop((done, note) => bar.update(done, note));
    } finally {
      bar.stop();
      this.#seconds[stage] += (performance.now() - startedAt) / 1000;
    }
  }
}

/** Images are only looked at here, so that larger batches save time. */
const TEST_BATCH_SIZE = 100;

/** Images that know what they show. */
type LabelledDataset = Dataset<LabelledImages> & { readonly labels: ArrayLike<number> };

/** Some of the images of another data set. */
export class MnistSubset extends Subset<LabelledImages> {
  /** The digit that each image shows. */
  readonly labels: readonly number[];

  constructor(source: LabelledDataset, positions: ArrayLike<number>) {
    super(source, positions);
    this.labels = Array.from(positions, (i) => source.labels[i] as number);
  }
}

/** Loss and accuracy, smoothed so that they can be read off while they change. */
class RunningMean {
  /** The share of the past that stays with each new value. */
  static readonly #MEMORY = 0.95;
  loss = 0;
  accuracy = 0;
  #weight = 0;

  add(step: { readonly loss: number; readonly accuracy: number }): void {
    // Divided by the weights so far, so that the first values are not drawn towards 0.
    const weight = RunningMean.#MEMORY * this.#weight + 1;
    const blend = (mean: number, value: number) =>
      (mean * RunningMean.#MEMORY * this.#weight + value) / weight;
    this.loss = blend(this.loss, step.loss);
    this.accuracy = blend(this.accuracy, step.accuracy);
    this.#weight = weight;
  }
}
