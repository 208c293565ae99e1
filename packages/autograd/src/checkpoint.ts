/** Checkpointing: the values inside of a function are computed again for the backward pass instead of being kept. */
import { defaultGenerator, GradientError, sameShape, Tensor } from '@lowrank/tensor';
import { expectFunction, expectTensors } from './expect.js';
import { enableGrad, isGradEnabled } from './grad-mode.js';
import { overwritten, saver, unread, type Value } from './saving.js';
import { type GradientSlot, slotOf } from './tape.js';

/**
 * `f(...inputs)`, keeping nothing for the backward pass but the inputs: what `f` computes on the way is let go, and `f`
 * runs a second time when the backward pass arrives there. It trades the time of one more forward pass for memory.
 * Gradients are the same, also those of parameters that `f` refers to, and can be differentiated again.
 * `torch.utils.checkpoint.checkpoint`
 *
 * The second run draws the same numbers from the default generator as the first. Otherwise `f` has to be a function of
 * its inputs and of tensors that stay as they are.
 *
 * @param f Anything that computes with tensors; called with `inputs`.
 * @example
 * const hidden = checkpoint((x) => block.forward(x), [x]);
 * @throws GradientError if `f` is asynchronous; in the backward pass, if the second run differs from the first.
 */
export function checkpoint<R>(f: (...inputs: Tensor[]) => R, inputs: readonly Tensor[]): R {
  expectFunction('checkpoint', 'what is checkpointed', f);
  expectTensors('checkpoint', 'input', inputs);
  if (!isGradEnabled()) return f(...inputs);
  const saved = inputs.map((tensor, i) =>
    saver.value({ tensor, op: 'checkpoint', name: `input ${i}`, isRead: true }),
  );
  return new Segment(repeating(f, saved)).run(() => f(...inputs));
}

/** A function of its own, because a closure holds on to all that the closures next to it refer to: here the inputs. */
function repeating<R>(f: (...inputs: Tensor[]) => R, saved: readonly (() => Tensor)[]): () => R {
  return () => f(...saved.map((unpack) => unpack()));
}

/** What a segment remembers of a value that it lets go. */
interface Trace {
  readonly op: string;
  readonly isRead: boolean;
  readonly shape: readonly number[];
  readonly version: number;
  readonly slot: GradientSlot | undefined;
}

/** The calls that were recorded while one checkpointed function ran, in order, and how to get their values back. */
class Segment {
  readonly #repeat: () => unknown;
  readonly #randomState = defaultGenerator.getState();
  readonly #traces: Trace[] = [];
  /** The values at hand, by their place in the order: all of them while a run goes on, else those not yet given back. */
  #values: (Tensor | undefined)[] = [];
  #isRunning = false;

  constructor(repeat: () => unknown) {
    this.#repeat = repeat;
  }

  /** The first run, which notes what is recorded. */
  run<R>(f: () => R): R {
    this.#isRunning = true;
    try {
      return saver.during('checkpoint', (value) => this.#note(value), f);
    } finally {
      this.#isRunning = false;
      this.#values = [];
    }
  }

  #note(value: Value): () => Tensor {
    const { op, tensor, isRead } = value;
    const place = this.#traces.length;
    this.#traces.push({ op, isRead, shape: tensor.shape, version: tensor.version, slot: slotOf(tensor) });
    if (!isRead) return unread(value);
    this.#values[place] = tensor;
    return () => this.#giveBack(place);
  }

  #giveBack(place: number): Tensor {
    // A backward pass inside of the function itself finds its values still there.
    if (this.#isRunning) return this.#values[place] as Tensor;
    if (this.#values[place] === undefined) this.#values = this.#recompute();
    const value = this.#values[place] as Tensor;
    this.#values[place] = undefined;
    return value;
  }

  #recompute(): (Tensor | undefined)[] {
    const again = this.#rerun();
    const differs = again.findIndex(({ op, tensor, isRead }, place) => {
      const trace = this.#traces[place];
      return op !== trace?.op || isRead !== trace.isRead || !sameShape(tensor.shape, trace.shape);
    });
    if (differs >= 0 || again.length !== this.#traces.length) {
      const [before, now] = [this.#traces[differs]?.op ?? 'nothing', again[differs]?.op ?? 'nothing'];
      throw new GradientError(
        'checkpoint',
        `the second run of the function was not like the first: it recorded ${again.length} values instead of ` +
          `${this.#traces.length}, ${now} where ${before} had been. It must do the same every time it is called`,
      );
    }
    return again.map(({ op, tensor, isRead }, place) => {
      const { slot, version } = this.#traces[place] as Trace;
      if (tensor.version !== version) throw overwritten(op, tensor, version);
      return isRead ? withSlot(tensor, slot) : undefined;
    });
  }

  /** Runs the function as it ran first, and lists what was recorded. */
  #rerun(): Value[] {
    const values: Value[] = [];
    const collect = (value: Value) => {
      values.push(value);
      return () => value.tensor;
    };
    const state = defaultGenerator.getState();
    defaultGenerator.setState(this.#randomState);
    try {
      enableGrad(() => saver.during('checkpoint', collect, this.#repeat));
    } finally {
      defaultGenerator.setState(state);
    }
    return values;
  }
}

/** The value at its place in the graph of the first run, so that gradients of gradients flow there. */
function withSlot(value: Tensor, slot: GradientSlot | undefined): Tensor {
  if (slotOf(value) === slot) return value;
  const placed = new Tensor(value.storage, value.shape, value.dtype);
  placed.attachment = slot;
  return placed;
}
