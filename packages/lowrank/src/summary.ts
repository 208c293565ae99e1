/** What one run of the main job found: the contents of `summary.json`, and all that the report shows. */

import { ArgumentError, checkOptions, formatValue } from '@lowrank/tensor';

/** How a network did on the test images. */
export interface Evaluation {
  /** The share of the test images that were recognised, 0 to 1. */
  readonly accuracy: number;
  /** `wrong[d]` is how many images of the digit d were taken for another digit, `[10]`. */
  readonly wrong: readonly number[];
  /** `confusion[d][p]` is how many images of the digit d were taken for a p, `[10, 10]`. */
  readonly confusion: readonly (readonly number[])[];
}

/** How the network did that was fine-tuned on one digit. */
export interface SpecialisedEvaluation extends Evaluation {
  /** The digit that it was specialised on. */
  readonly digit: number;
  /** How many training images it was fine-tuned on: of that digit, and of others so that they are not forgotten. */
  readonly images: { readonly digit: number; readonly replayed: number };
}

/** Loss and accuracy of one training batch. */
export interface CurvePoint {
  /** The optimiser's step within its own training, from 1. */
  readonly step: number;
  readonly loss: number;
  /** The share of the batch that was recognised, 0 to 1. */
  readonly accuracy: number;
}

/** What one layer holds, and what LoRA adds to it (`null` and 0 where a layer is not adapted). */
export interface LayerParameters {
  /** The layer's name in the state dict, such as `conv1`. */
  readonly name: string;
  readonly weight: readonly number[];
  readonly bias: readonly number[] | null;
  /** Parameters of weight and bias together. */
  readonly base: number;
  readonly loraA: readonly number[] | null;
  readonly loraB: readonly number[] | null;
  /** Parameters of LoRA's two matrices together. */
  readonly lora: number;
}

/** The parameters of the adapted layers, without and with LoRA. */
export interface ParameterSummary {
  readonly base: number;
  readonly lora: number;
  readonly total: number;
  /** `100 * lora / base`. */
  readonly percent: number;
  /** All layers that hold parameters, adapted or not, in the network's order. */
  readonly layers: readonly LayerParameters[];
}

/** The settings of a run: the command's options, and what it decided for itself. */
export interface RunOptions {
  readonly seed: number;
  /** Epochs of base training, and of each fine-tune. */
  readonly epochs: number;
  /** The digit that was asked for; `null` takes the one that base missed most often on the test images. */
  readonly digit: number | null;
  readonly rank: number;
  readonly alpha: number;
  readonly quick: boolean;
  /** The folder that the run was written to. */
  readonly out: string;
  readonly batchSize: number;
  /** Adam's learning rate for the base training and for each fine-tune. */
  readonly learningRate: { readonly base: number; readonly lora: number; readonly specialised: number };
}

/** How many images a run used of those that there are. */
export interface ImageCount {
  readonly used: number;
  readonly available: number;
}

export interface RunSummary {
  /** When the run began, ISO 8601. */
  readonly startedAt: string;
  readonly environment: {
    readonly node: string;
    readonly platform: string;
    /** What the ops ran on, such as `wasm, relaxed SIMD, wide pass, 2 threads`. */
    readonly kernels: string;
  };
  readonly options: RunOptions;
  readonly data: { readonly train: ImageCount; readonly test: ImageCount };
  readonly parameters: ParameterSummary;
  /** The network after its base training, before it had LoRA. */
  readonly base: Evaluation;
  /** Fine-tuned by LoRA on all digits, LoRA switched on. */
  readonly lora: Evaluation;
  /** The same network, LoRA switched off. */
  readonly loraOff: Evaluation;
  /** The same network, LoRA merged into its weights. */
  readonly merged: Evaluation;
  /** Base fine-tuned by LoRA on one digit, LoRA switched on. */
  readonly specialised: SpecialisedEvaluation;
  readonly checks: {
    /** Whether LoRA off gives base's logits on the test images bit for bit. */
    readonly loraOffEqualsBase: boolean;
    /** The largest absolute difference between the logits of `merged` and of `lora` on the test images. */
    readonly mergedMaxDifference: number;
  };
  readonly curves: {
    readonly base: readonly CurvePoint[];
    readonly lora: readonly CurvePoint[];
    readonly specialised: readonly CurvePoint[];
  };
  /** Sizes of the files that were written, in bytes. */
  readonly files: { readonly model: number; readonly adapter: number; readonly specialisedAdapter: number };
  /** How long each part took, in seconds; `test` is the sum of all evaluations. */
  readonly seconds: {
    readonly load: number;
    readonly base: number;
    readonly lora: number;
    readonly specialised: number;
    readonly test: number;
    readonly total: number;
  };
}

const CLASSES = 10;

/**
 * Accuracy and wrong counts that follow from a confusion matrix.
 *
 * @param confusion `confusion[d][p]`: how many images of the digit d were taken for a p, `[10, 10]`.
 * @throws ArgumentError if it is not 10 by 10, if an entry is not a count, or if it counts no image at all.
 */
export function evaluationOf(confusion: readonly (readonly number[])[]): Evaluation {
  checkConfusion('evaluationOf', 'confusion', confusion);
  const images = sum(confusion.flat());
  const wrong = confusion.map((row, digit) => sum(row) - (row[digit] ?? 0));
  return { accuracy: (images - sum(wrong)) / images, wrong, confusion };
}

/**
 * Checks that the counts of a summary fit together: accuracies and wrong counts with the confusion matrices, and
 * these with the number of test images.
 *
 * @param op What error messages call the function that was given the summary.
 * @throws ArgumentError if they do not.
 */
export function checkSummary(op: string, run: RunSummary): void {
  checkOptions(op, run);
  const { base, lora, loraOff, merged, specialised } = run;
  for (const [name, found] of Object.entries({ base, lora, loraOff, merged, specialised })) {
    checkConfusion(op, `${name}.confusion`, found?.confusion);
    const images = sum(found.confusion.flat());
    const expected = evaluationOf(found.confusion);
    const used = run.data?.test?.used;
    if (images !== used) {
      const problem = `${name}.confusion counts ${images} images, but data.test.used is ${used}`;
      throw new ArgumentError(op, `${problem}. Count each test image once`);
    }
    if (String(found.wrong) !== String(expected.wrong) || found.accuracy !== expected.accuracy) {
      const problem = `${name} has accuracy ${found.accuracy} and wrong [${found.wrong}], but its confusion gives `;
      throw new ArgumentError(
        op,
        `${problem}${expected.accuracy} and [${expected.wrong}]. Make it by evaluationOf(confusion)`,
      );
    }
  }
  const { digit } = specialised;
  if (run.options.digit !== null && run.options.digit !== digit) {
    throw new ArgumentError(
      op,
      `specialised.digit is ${digit}, but options.digit asked for ${run.options.digit}`,
    );
  }
  if (!Number.isInteger(digit) || digit < 0 || digit >= CLASSES) {
    throw new ArgumentError(
      op,
      `specialised.digit is ${digit}, expected an integer from 0 to ${CLASSES - 1}`,
    );
  }
}

function checkConfusion(op: string, name: string, confusion: readonly (readonly number[])[]): void {
  if (!Array.isArray(confusion) || !confusion.every((row) => Array.isArray(row))) {
    throw new ArgumentError(
      op,
      `${name} is ${formatValue(confusion)}, expected ${CLASSES} rows of ${CLASSES}`,
    );
  }
  const lengths = [confusion.length, ...confusion.map((row) => row.length)];
  if (lengths.length !== CLASSES + 1 || lengths.some((length) => length !== CLASSES)) {
    throw new ArgumentError(
      op,
      `${name} has rows of [${lengths.slice(1)}] counts, expected ${CLASSES} rows of ${CLASSES}`,
    );
  }
  const bad = confusion.flat().find((count) => !Number.isInteger(count) || count < 0);
  if (bad !== undefined) throw new ArgumentError(op, `${name} holds ${bad}, expected counts of images`);
  if (confusion.flat().every((count) => count === 0)) {
    throw new ArgumentError(op, `${name} counts no image at all. Test on at least one`);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
