/** What the run found, in sentences. Every claim follows from the run's numbers, whichever way they went. */

import type { CurvePoint, RunSummary } from '../summary.js';
import { trainingRuns } from './curves.js';
import { bytes, DIGIT_NAMES, duration, integer, percent, plural, scientific, significant } from './format.js';
import { imagesPerDigit, mistakes } from './variants.js';

/** Differences of logits up to this are rounding: logits of about 10 have 1e-6 between neighbouring float32. */
const ROUNDING = 1e-3;

/** The result in one line. */
export function headline(run: RunSummary): string {
  const [before, after] = [mistakes(run.base), mistakes(run.lora)];
  if (before === after) return `${plural(before, 'mistake')}, with LoRA and without`;
  return `${plural(before, 'mistake')} became ${integer(after)}`;
}

/** What was done, and what came of it. */
export function lede(run: RunSummary): string[] {
  const { base, lora, parameters, data, specialised } = run;
  const digits = digitNames(specialised.digit);
  const [before, after] = [base.wrong[specialised.digit] ?? 0, specialised.wrong[specialised.digit] ?? 0];
  return [
    `A small convolutional network learned to read handwritten digits and got ${percent(base.accuracy)} of ` +
      `${plural(data.test.used, 'test image')} right. Then all of it was frozen, and LoRA trained ` +
      `${plural(parameters.lora, 'number')} beside its ${integer(parameters.base)} convolution weights and biases. With them it ` +
      `gets ${percent(lora.accuracy)} right.`,
    `A second set of ${plural(parameters.lora, 'number')} was trained to specialise on ${digits}: ` +
      `of those it misses ${integer(after)}, ${before === after ? 'as many as base' : `where base misses ${integer(before)}`}.`,
  ];
}

/** Whether LoRA can be taken off and folded in, as the theory says. */
export function switching({ checks, data, files }: RunSummary): string[] {
  const tested = `on ${plural(data.test.used, 'test image')}`;
  const off = checks.loraOffEqualsBase
    ? `Switched off, LoRA leaves no trace: every output ${tested} is base’s, bit for bit.`
    : `Switched off, LoRA should leave base as it was, but some output ${tested} differs. This is a defect.`;
  const merged = mergedSentence(checks.mergedMaxDifference);
  const kept = bytes(files.model + files.adapter + files.specialisedAdapter);
  return [
    off,
    merged,
    `Base and both adapters together take ${kept}, and each adapter can be taken off at any time.`,
  ];
}

function mergedSentence(difference: number): string {
  const free = 'Merged into the weights, it costs nothing at run time';
  if (difference === 0) return `${free}, and the outputs stay the same, bit for bit.`;
  const moved = `moves the outputs by ${scientific(difference)} at most`;
  if (difference <= ROUNDING) return `${free}, and ${moved}, which is rounding.`;
  return `Merged into the weights, it ${moved}, which is more than rounding. This is a defect.`;
}

/** How the losses went. */
export function learning(run: RunSummary): string[] {
  const { epochs } = run.options;
  return trainingRuns(run).flatMap(({ key, smoothed }) => {
    const [first, last] = [smoothed[0], smoothed.at(-1)];
    if (!first || !last) return [];
    const change = `${lossChange(first, last)} in ${plural(last.step - first.step + 1, 'step')}`;
    return [LEARNING[key](change, plural(epochs, 'epoch'), digitNames(run.specialised.digit))];
  });
}

const LEARNING = {
  base: (change: string, epochs: string) => `The base training (${epochs}) took the loss ${change}.`,
  lora: (change: string) => `From there LoRA, trained on all digits, took it ${change}.`,
  specialised: (change: string, _: string, digits: string) =>
    `LoRA specialised on ${digits} took it ${change}, on a mixture of digits of its own.`,
};

function lossChange(first: CurvePoint, last: CurvePoint): string {
  return `from ${significant(first.loss)} to ${significant(last.loss)}`;
}

/** Which digits gained and lost, and what specialising did to the others. */
export function digits({ base, lora, specialised }: RunSummary): string[] {
  const changes = base.wrong.map((before, digit) => (lora.wrong[digit] ?? 0) - before);
  const named = (test: (change: number) => boolean) =>
    list(DIGIT_NAMES.filter((_, digit) => test(changes[digit] ?? 0)));
  const better = named((change) => change < 0);
  const worse = named((change) => change > 0);
  const { digit, images } = specialised;
  const names = digitNames(digit);
  const others = (evaluation: RunSummary['base']) => mistakes(evaluation) - (evaluation.wrong[digit] ?? 0);
  return [
    `With LoRA trained on all digits, ${change(better, worse)}.`,
    `The specialist trained on ${plural(images.digit, 'image')} of ${names} and, so that the others are not forgotten, ` +
      `on ${integer(images.replayed)} of other digits. It misses ${integer(specialised.wrong[digit] ?? 0)} of ` +
      `${integer(imagesPerDigit(base)[digit] ?? 0)} ${names} (base: ${integer(base.wrong[digit] ?? 0)}) and ` +
      `${integer(others(specialised))} of the other digits (base: ${integer(others(base))}).`,
  ];
}

function change(better: string, worse: string): string {
  if (better && worse) return `fewer ${better} are missed, but more ${worse}`;
  if (better || worse) return `${better ? 'fewer' : 'more'} ${better || worse} are missed`;
  return 'every digit is missed as often as before';
}

/** The confusion that base falls for most often, and what LoRA made of it. */
export function confusions({ base, lora, specialised }: RunSummary): string[] {
  const pairs = base.confusion.flatMap((row, digit) =>
    row.map((count, answer) => ({ digit, answer, count: digit === answer ? 0 : count })),
  );
  const worst = pairs.reduce((most, pair) => (pair.count > most.count ? pair : most));
  if (worst.count === 0) return ['Base takes no digit for another one.'];
  const { digit, answer, count } = worst;
  const [on, special] = [lora, specialised].map(({ confusion }) => integer(confusion[digit]?.[answer] ?? 0));
  return [
    `Base most often takes a ${digit} for a ${answer}: ${plural(count, 'time')}. ` +
      `With LoRA that happens ${on} times, with the specialist ${special} times.`,
  ];
}

/** What LoRA adds to the network. */
export function parameters({
  parameters: { base, lora, total, percent: share, layers },
  options,
}: RunSummary): string[] {
  const frozen = layers.filter((layer) => layer.lora === 0);
  const untouched = frozen.reduce((sum, layer) => sum + layer.base, 0);
  return [
    `LoRA writes the change of a weight matrix as a product of two thin ones, here of rank ${options.rank}. ` +
      `To ${integer(base)} parameters of the adapted layers it adds ${integer(lora)}: ` +
      `${integer(total)} together, ${percent(share / 100, 3)} more.`,
    ...(frozen.length === 0
      ? []
      : [
          `${list(frozen.map((layer) => layer.name))} ${frozen.length === 1 ? 'is' : 'are'} frozen without LoRA ` +
            `(${plural(untouched, 'parameter')}) and not counted in the sum.`,
        ]),
  ];
}

/** What the files cost. */
export function files({ files: { model, adapter } }: RunSummary): string {
  return `An adapter file takes ${bytes(adapter)}: ${percent(adapter / model)} of the ${bytes(model)} that the model takes.`;
}

/** When, how long, and on how much. */
export function circumstances({ data, seconds, options }: RunSummary): string {
  const { used, available } = data.train;
  const share = used === available ? 'all' : `${integer(used)} of`;
  const images = `${share} ${plural(available, 'training image')}`;
  return `Trained on ${images}, ${plural(options.epochs, 'epoch')} each, in ${duration(seconds.total)}.`;
}

/** `a`, `a and b`, `a, b and c`; nothing for an empty list. */
function list(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

function digitNames(digit: number): string {
  return DIGIT_NAMES[digit] ?? '';
}
