/** Asking the engine to collect garbage, so that tests can see what is still held. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Which of the things that `refs` point to are still held by somebody. */
export async function held(refs: readonly WeakRef<object>[]): Promise<boolean[]> {
  // What a WeakRef was asked for stays until the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return refs.map((ref) => ref.deref() !== undefined);
}
