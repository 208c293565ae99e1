/** The worker in which the network lives. */
import type { AdapterFiles, TrainingStep } from 'lowrank';
import { serveTasks } from '../shell/worker-host.js';
import type { TaskContext } from '../shell/worker-protocol.js';
import { Engine, type FineTuning } from './engine.js';

let opened: Engine | undefined;

function engine(): Engine {
  if (opened === undefined) throw new Error('the network is not loaded');
  return opened;
}

const handlers = {
  /** Loads the network and the digits of MNIST from these addresses; tells how many bytes have come. */
  async open(addresses: { network: string; digits: string }, { signal, progress }: TaskContext<number>) {
    let bytes = 0;
    const onBytes = (count: number) => {
      bytes += count;
      progress(bytes);
    };
    const load = (address: string) => bytesAt(address, onBytes, signal);
    opened = new Engine(...(await Promise.all([load(addresses.network), load(addresses.digits)])));
    return { facts: opened.facts(), replayed: opened.replayed };
  },

  read({ images, adapter }: { images: Float32Array; adapter: string | null }) {
    return engine().read(images, adapter);
  },

  fineTune(request: FineTuning, { signal, progress }: TaskContext<TrainingStep>) {
    return engine().fineTune(request, { signal, onStep: progress });
  },

  takeIn({ name, files }: { name: string; files: AdapterFiles }) {
    return engine().takeIn(name, files);
  },

  forget(name: string) {
    engine().forget(name);
  },
};

export type EngineWorker = typeof handlers;
serveTasks(handlers);

/** @throws Error if there is no such file; the signal's reason, if it was aborted. */
async function bytesAt(
  address: string,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address, { signal });
  if (!response.ok)
    throw new Error(`${address} could not be loaded: ${response.status} ${response.statusText}`);
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      onBytes(chunk.length);
      controller.enqueue(chunk);
    },
  });
  return new Uint8Array(await new Response(response.body?.pipeThrough(counter)).arrayBuffer());
}
