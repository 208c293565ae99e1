/** What the page asks of the worker: to load the network, and again should the worker be lost; to read, to fine-tune, to load. */
import { computed, signal } from '@preact/signals';
import type { AdapterFiles, TrainingStep } from 'lowrank';
import { startWorker } from '../shell/worker-task.js';
import { BASE_MODEL, FILES } from './base-model.js';
import type { Digits } from './digits.js';
import type { Facts, Reading } from './engine.js';
import type { EngineWorker } from './engine-worker.js';
import { digitsOf, HANDS, type Hand, type HandAdapter, isLoraOn } from './hands.js';
import { doJob, follow, newJob } from './job.js';

/** The network, once it is loaded. */
export interface Network {
  readonly facts: Facts;
  /** Digits of MNIST that can be shown. */
  readonly replayed: Digits;
}

export const network = signal<Network | null>(null);
export const opening = newJob();
export const fineTuning = newJob();
export const loading = newJob();

/** Whether the network is there, and nothing changes its adapters. */
export const isReady = computed(
  () => network.value !== null && [opening, fineTuning, loading].every(({ state }) => state.value === null),
);

/** The losses of the running fine-tune, or of the last one. */
export const losses = signal<readonly number[]>([]);

const worker = startWorker<EngineWorker>(
  () => new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module' }),
  {
    onLost() {
      if (network.value === null) return;
      network.value = null;
      void openNetwork();
    },
  },
);

let adapters = 0;
const newName = () => `adapter-${adapters++}`;

/** Loads the network, and gives it the adapters that it had in a worker that was lost. */
export async function openNetwork(): Promise<void> {
  if (network.value !== null || opening.state.value !== null) return;
  const label = 'Loading the network';
  await doJob(opening, 'The network could not be loaded', async () => {
    const addresses = { network: addressOf(FILES.network), digits: addressOf(FILES.digits) };
    const opened = await follow(opening, label, (show) =>
      worker.run('open', addresses, {
        onProgress: (bytes) => show({ done: null, detail: `${Math.round(bytes / 1000)} kB` }),
      }),
    );
    for (const { adapter } of HANDS) {
      const { name, facts } = adapter.value ?? {};
      if (name !== undefined && facts !== undefined) {
        await follow(opening, label, () => worker.run('takeIn', { name, files: facts.files }));
      }
    }
    network.value = opened;
    return '';
  });
}

/** Workers have no page that addresses could be relative to. */
const addressOf = (file: string) => new URL(file, document.baseURI).href;

/** What digits are taken for. @param images [N, 28, 28] */
export function read(images: Float32Array, adapter: string | null): Promise<Reading> {
  return worker.run('read', { images, adapter }).result;
}

export interface FineTuneSettings {
  readonly rank: number;
  readonly steps: number;
  readonly learningRate: number;
}

/** Trains an adapter on the digits of a hand; it takes the place of the one that the hand had. */
export async function fineTune(hand: Hand, settings: FineTuneSettings): Promise<void> {
  const request = { name: newName(), own: digitsOf(hand.samples.value), ...settings };
  const startedAt = performance.now();
  losses.value = [];
  await doJob(fineTuning, 'The fine-tune failed', async () => {
    const facts = await follow(fineTuning, 'Fine-tuning', (show) => {
      const onProgress = ({ step, loss }: TrainingStep) => {
        losses.value = [...losses.value, loss];
        show({
          done: step / settings.steps,
          detail: `step ${step} of ${settings.steps}, loss ${loss.toFixed(3)}`,
        });
      };
      return worker.run('fineTune', request, { onProgress });
    });
    give(hand, { name: request.name, facts, madeFor: BASE_MODEL });
    const seconds = (performance.now() - startedAt) / 1000;
    const [first = 0, last = 0] = [losses.value[0], losses.value.at(-1)];
    return `Fine-tuned in ${seconds.toFixed(1)} s: the loss went from ${first.toFixed(3)} to ${last.toFixed(3)}.`;
  });
}

/** Gives a hand the adapter of two files. @param choose Gives their contents, or throws what is wrong with them. */
export async function loadAdapter(hand: Hand, choose: () => Promise<AdapterFiles>): Promise<void> {
  const name = newName();
  await doJob(loading, 'This adapter could not be loaded', async () => {
    const files = await choose();
    const facts = await follow(loading, 'Loading the adapter', () => worker.run('takeIn', { name, files }));
    give(hand, { name, facts, madeFor: madeFor(files) });
    return `${hand.name.value} has a new adapter.`;
  });
}

/** What the config says that the adapter was made for. The engine has read it: it is an object. */
function madeFor({ config }: AdapterFiles): string {
  const { base_model_name_or_path: name } = JSON.parse(config) as Record<string, unknown>;
  return typeof name === 'string' ? name : '';
}

function give(hand: Hand, adapter: HandAdapter): void {
  const before = hand.adapter.value;
  hand.adapter.value = adapter;
  isLoraOn.value = true;
  // A worker that was lost meanwhile has forgotten it already.
  if (before !== null) worker.run('forget', before.name).result.catch(() => undefined);
}
