/** The main job: train a network on MNIST, adapt it with LoRA twice, and compare what each state of it gets right. */
import { Lora, loraStateDict, markOnlyLoraAsTrainable, setLoraEnabled } from '@lowrank/lora';
import { CONVOLUTIONS, MnistCnn, type MnistFiles } from '@lowrank/models';
import { type Parameter, registerParametrization, removeParametrizations, type StateDict } from '@lowrank/nn';
import { manualSeed, sameShape, type Tensor } from '@lowrank/tensor';
import type { Evaluation, RunSummary } from '../summary.js';
import { BATCH_SIZE, LEARNING_RATES, type MnistOptions } from './options.js';
import { countParameters } from './parameters.js';
import { type Narrator, type StageSeconds, Stages } from './stages.js';

/** What a run leaves behind. */
export interface MnistRun {
  /** The measurements; sizes of files and the time of the whole are for whoever writes the files. */
  readonly summary: Omit<RunSummary, 'files' | 'startedAt' | 'environment' | 'seconds'> & {
    readonly seconds: StageSeconds;
  };
  /** The trained network, without LoRA. */
  readonly model: StateDict;
  readonly adapter: StateDict;
  readonly specialisedAdapter: StateDict;
}

/**
 * Runs the job from the first step to the last comparison.
 * @throws The signal's reason, if it is aborted.
 */
export async function runMnist(
  files: MnistFiles,
  options: MnistOptions,
  out: string,
  narrator: Narrator,
  signal?: AbortSignal,
): Promise<MnistRun> {
  const stages = new Stages(files, options, narrator, signal);

  narrator.chapter('Train the network');
  manualSeed(options.seed);
  const model = new MnistCnn();
  const baseCurve = await stages.train('base', model, model.parameters(), stages.trainSet);
  const state = model.stateDict();
  const base = await stages.test('base', model);

  narrator.chapter('Fine-tune with LoRA on all digits');
  const adapted = adapt(state, options);
  narrator.adapted(countParameters(adapted.model), adapted.frozen);
  const loraCurve = await stages.train('lora', adapted.model, adapted.trainable, stages.trainSet);
  const lora = await stages.test('LoRA on', adapted.model);
  setLoraEnabled(adapted.model, false);
  const loraOff = await stages.test('LoRA off', adapted.model);
  setLoraEnabled(adapted.model, true);
  const parameters = countParameters(adapted.model);
  const adapter = loraStateDict(adapted.model);
  const merged = await stages.test('LoRA merged', merge(adapted.model));

  const digit = options.digit ?? mostMissed(base.evaluation);
  narrator.chapter(`Specialise on the digit ${digit}, replaying the others`);
  const specialist = adapt(state, options);
  const mixture = stages.mixtureFor(digit);
  const specialisedCurve = await stages.train(
    'specialised',
    specialist.model,
    specialist.trainable,
    mixture.dataset,
  );
  const specialised = await stages.test(`LoRA on ${digit}`, specialist.model);

  return {
    model: state,
    adapter,
    specialisedAdapter: loraStateDict(specialist.model),
    summary: {
      options: { ...options, out, batchSize: BATCH_SIZE, learningRate: LEARNING_RATES },
      data: {
        train: { used: stages.trainSet.length, available: files.train.count },
        test: { used: stages.testSet.length, available: files.test.count },
      },
      parameters,
      base: base.evaluation,
      lora: lora.evaluation,
      loraOff: loraOff.evaluation,
      merged: merged.evaluation,
      specialised: { ...specialised.evaluation, digit, images: mixture.images },
      checks: {
        loraOffEqualsBase: sameBits(base.logits, loraOff.logits),
        mergedMaxDifference: merged.logits.sub(lora.logits).abs().amax().item(),
      },
      curves: { base: baseCurve, lora: loraCurve, specialised: specialisedCurve },
      seconds: stages.seconds,
    },
  };
}

interface Adapted {
  readonly model: MnistCnn;
  /** Only these are trained. */
  readonly trainable: readonly Parameter[];
  readonly frozen: readonly string[];
}

/** A copy of the trained network with LoRA on its convolutions and everything else frozen. */
function adapt(state: StateDict, { rank, alpha }: MnistOptions): Adapted {
  const model = new MnistCnn();
  model.loadStateDict(state);
  for (const name of CONVOLUTIONS) {
    const layer = model[name];
    registerParametrization(layer, 'weight', new Lora(layer.weight.shape, { rank, alpha }));
  }
  const frozen = markOnlyLoraAsTrainable(model);
  return { model, frozen, trainable: model.parameters().filter((parameter) => parameter.requiresGrad) };
}

/** The network with its updates folded into the weights; the one that was given is changed. */
function merge(model: MnistCnn): MnistCnn {
  for (const name of CONVOLUTIONS) removeParametrizations(model[name], 'weight');
  return model;
}

function mostMissed({ wrong }: Evaluation): number {
  return wrong.indexOf(Math.max(...wrong));
}

function sameBits(a: Tensor, b: Tensor): boolean {
  const [x, y] = [a.dataSync(), b.dataSync()];
  return sameShape(a.shape, b.shape) && x.every((value, i) => Object.is(value, y[i]));
}
