/** How far the run's numbers can be trusted: what a careful reader should know, said of this very run. */

import type { RunSummary } from '../summary.js';
import { DIGIT_NAMES, integer, percent, plural } from './format.js';
import { mistakes } from './variants.js';

/** Whether the run left some of the images out. */
export function isSubset({ data: { train, test } }: RunSummary): boolean {
  return train.used < train.available || test.used < test.available;
}

export function notes(run: RunSummary): string[] {
  return [...subset(run), chance(run), ...choice(run), control(), seed(run)];
}

function subset(run: RunSummary): string[] {
  const { train, test } = run.data;
  if (!isSubset(run)) return [];
  const part = ({ used, available }: typeof train) => `${integer(used)} of ${integer(available)}`;
  return [
    `This run trained on ${part(train)} training images and tested on ${part(test)} test images` +
      `${run.options.quick ? ' because it was told to be quick' : ''}. A run on all of them ends elsewhere.`,
  ];
}

function chance({ base, lora, data }: RunSummary): string {
  const [low, high] = wilsonInterval(base.accuracy, data.test.used);
  const within = lora.accuracy >= low && lora.accuracy <= high;
  return (
    `${plural(data.test.used, 'test image')} tell an accuracy only so well: the ${percent(0.95, 0)} interval of base’s is ` +
    `${percent(low)} to ${percent(high)}. LoRA’s ${percent(lora.accuracy)} lies ${within ? 'inside' : 'outside'} it` +
    `${within ? ', so that the difference may be chance' : ''}.`
  );
}

function choice({ options, specialised, base }: RunSummary): string[] {
  if (options.digit !== null) return [];
  const missed = `${integer(base.wrong[specialised.digit] ?? 0)} of base’s ${plural(mistakes(base), 'mistake')}`;
  return [
    `The specialist’s digit was picked by the test itself: ${DIGIT_NAMES[specialised.digit]} make ${missed}. ` +
      'What is picked for being bad tends to be better the next time, whatever is done to it.',
  ];
}

function control(): string {
  return (
    'The fine-tuned networks were trained for longer than base. ' +
    'How much training all weights for as long would have gained was not measured here.'
  );
}

function seed({ options }: RunSummary): string {
  return `This is one run, with the seed ${options.seed}. Another seed gives other numbers.`;
}

/**
 * The 95 % confidence interval of a share that was measured on n images.
 *
 * @see E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
 */
export function wilsonInterval(share: number, n: number): [low: number, high: number] {
  const z = 1.959964;
  const centre = share + (z * z) / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [(centre - spread) / scale, (centre + spread) / scale];
}
