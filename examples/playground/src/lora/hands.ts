/** The two hands that write on the pad: each has digits of its own, and perhaps an adapter. */
import { computed, type Signal, signal } from '@preact/signals';
import type { Digits } from './digits.js';
import type { AdapterFacts } from './engine.js';
import { SIDE } from './mnist-image.js';

/** A digit that was kept, with what it is meant to be. */
export interface Sample {
  readonly id: number;
  /** Grey values, [28, 28]. */
  readonly image: Float32Array;
  readonly label: number;
}

/** An adapter under the name that the engine has for it. */
export interface HandAdapter {
  readonly name: string;
  readonly facts: AdapterFacts;
  /** The network that it says it was made for; empty if it says none. */
  readonly madeFor: string;
}

export interface Hand {
  readonly id: number;
  readonly name: Signal<string>;
  readonly samples: Signal<readonly Sample[]>;
  readonly adapter: Signal<HandAdapter | null>;
}

const newHand = (id: number, name: string): Hand => ({
  id,
  name: signal(name),
  samples: signal<readonly Sample[]>([]),
  adapter: signal<HandAdapter | null>(null),
});

export const HANDS: readonly [Hand, ...Hand[]] = [newHand(0, 'First hand'), newHand(1, 'Second hand')];

/** The hand that writes. */
export const hand = signal<Hand>(HANDS[0]);

/** The switch. */
export const isLoraOn = signal(true);

/** The name of the adapter that reads along; `null` for the network alone. */
export const activeAdapter = computed(() =>
  isLoraOn.value ? (hand.value.adapter.value?.name ?? null) : null,
);

let count = 0;

export function keepSample(image: Float32Array, label: number): void {
  const { samples } = hand.value;
  samples.value = [...samples.value, { id: count++, image, label }];
}

export function deleteSample({ id }: Sample): void {
  const { samples } = hand.value;
  samples.value = samples.value.filter((sample) => sample.id !== id);
}

/** As the engine takes them. */
export function digitsOf(samples: readonly Sample[]): Digits {
  const images = new Float32Array(samples.length * SIDE * SIDE);
  for (const [i, { image }] of samples.entries()) images.set(image, i * SIDE * SIDE);
  return { images, labels: Int32Array.from(samples, ({ label }) => label) };
}
