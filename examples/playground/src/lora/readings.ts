/** What the digit on the pad, and those that were kept, are taken for; always as things stand now. */
import { effect, signal } from '@preact/signals';
import { Cancelled } from '../shell/worker-task.js';
import { image } from './drawing.js';
import type { Reading } from './engine.js';
import { activeAdapter, digitsOf, hand } from './hands.js';
import { network, opening, read } from './studio.js';

/** The ten digits. */
export const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

/** What the digit on the pad is taken for; `null` while there is none. */
export interface PadReading extends Reading {
  /** Whether an adapter had its part in it. */
  readonly isAdapted: boolean;
}

/** What a kept digit is taken for, by the network alone and with the adapter of its hand. */
export interface SampleReading {
  readonly alone: number;
  readonly adapted: number;
}

export const padReading = signal<PadReading | null>(null);

/** By the number of the sample. */
export const sampleReadings = signal<ReadonlyMap<number, SampleReading>>(new Map());

/** The digit with the largest of ten probabilities. */
export function likeliest(probabilities: ArrayLike<number>): number {
  return DIGITS.reduce((best, digit) => (at(probabilities, digit) > at(probabilities, best) ? digit : best));
}

const at = (numbers: ArrayLike<number>, i: number) => numbers[i] as number;

const readPad = newest(async () => {
  const [pixels, adapter] = [image.peek(), activeAdapter.peek()];
  if (pixels === null || network.peek() === null) padReading.value = null;
  else padReading.value = { ...(await read(pixels, adapter)), isAdapted: adapter !== null };
});

const readSamples = newest(async () => {
  const samples = hand.peek().samples.peek();
  if (samples.length === 0 || network.peek() === null) {
    sampleReadings.value = new Map();
    return;
  }
  const adapter = hand.peek().adapter.peek()?.name ?? null;
  const { probabilities, untouched } = await read(digitsOf(samples).images, adapter);
  const digitOf = (all: Float32Array, i: number) => likeliest(all.subarray(10 * i, 10 * (i + 1)));
  sampleReadings.value = new Map(
    samples.map(({ id }, i) => [id, { alone: digitOf(untouched, i), adapted: digitOf(probabilities, i) }]),
  );
});

/** A function that does the work again if it was called meanwhile: calls that have been overtaken are left out. */
function newest(work: () => Promise<void>): () => Promise<void> {
  let [isBusy, isStale] = [false, false];
  return async function run() {
    if (isBusy) {
      isStale = true;
      return;
    }
    isBusy = true;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Cancelled))
        opening.trouble.value = { title: 'The digit could not be read', error };
    }
    isBusy = false;
    if (!isStale) return;
    isStale = false;
    await run();
  };
}

effect(() => {
  void [image.value, activeAdapter.value, network.value];
  void readPad();
});

effect(() => {
  void [hand.value.samples.value, hand.value.adapter.value, network.value];
  void readSamples();
});
