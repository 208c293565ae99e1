/** The 5,056 bytes in which PyTorch's `torch.get_rng_state()` saves a CPU generator, written and read. */

import { FormatError, formatValue } from '../errors.js';
import { MT19937_WORDS, type Mt19937State } from './mt19937.js';

/** What a generator remembers between two draws. */
export interface GeneratorState {
  /** The seed that the engine was started from, 64 bits. */
  readonly seed: bigint;
  readonly engine: Mt19937State;
  /** The second half of the last Box-Muller pair, until it is used. */
  readonly nextNormalSample: number | undefined;
}

/**
 * Byte offsets in `CPUGeneratorImplState` (ATen/CPUGeneratorImpl.cpp), little-endian. What lies between and behind
 * these fields is padding, or belongs to samplers that no longer exist, and is zero.
 */
const OFFSET = {
  seed: 0, // uint64
  left: 8, // int32
  seeded: 12, // int32
  next: 16, // uint64
  words: 24, // 624 x uint64
  normalSample: 24 + 8 * MT19937_WORDS + 8, // float64, after an unused one
  hasNormalSample: 24 + 8 * MT19937_WORDS + 24, // int32, after another unused one
} as const;

/** The length of a saved state in bytes. */
export const STATE_BYTES = 5056;

/** Writes a state as PyTorch does. */
export function encodeState({ seed, engine, nextNormalSample }: GeneratorState): Uint8Array {
  const bytes = new Uint8Array(STATE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(OFFSET.seed, seed, true);
  view.setInt32(OFFSET.left, engine.left, true);
  view.setInt32(OFFSET.seeded, 1, true);
  view.setUint32(OFFSET.next, engine.next, true);
  engine.words.forEach((word, j) => {
    view.setUint32(OFFSET.words + 8 * j, word, true);
  });
  if (nextNormalSample !== undefined) {
    view.setFloat64(OFFSET.normalSample, nextNormalSample, true);
    view.setInt32(OFFSET.hasNormalSample, 1, true);
  }
  return bytes;
}

/**
 * Reads a state that {@link encodeState} or PyTorch wrote.
 * @throws FormatError if the length is wrong or the fields cannot be those of a seeded MT19937.
 */
export function decodeState(bytes: Uint8Array): GeneratorState {
  if (Object.prototype.toString.call(bytes) !== '[object Uint8Array]') {
    throw refused(`expected a Uint8Array, got ${formatValue(bytes)}`);
  }
  if (bytes.length !== STATE_BYTES) {
    throw refused(`expected ${STATE_BYTES} bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const left = view.getInt32(OFFSET.left, true);
  const next = Number(view.getBigUint64(OFFSET.next, true));
  const seeded = view.getInt32(OFFSET.seeded, true);
  const fresh = left === 1 && next === 0;
  const underway = left >= 1 && next >= 1 && left + next === MT19937_WORDS + 1;
  if (seeded !== 1 || !(fresh || underway)) {
    throw refused(`no MT19937 is at seeded = ${seeded}, left = ${left}, next = ${next}`);
  }
  return {
    seed: view.getBigUint64(OFFSET.seed, true),
    engine: { left, next, words: readWords(view) },
    nextNormalSample: view.getInt32(OFFSET.hasNormalSample, true) === 0 ? undefined : readNormalSample(view),
  };
}

function readWords(view: DataView): Uint32Array {
  const words = new Uint32Array(MT19937_WORDS);
  for (let j = 0; j < MT19937_WORDS; j++) {
    const word = view.getBigUint64(OFFSET.words + 8 * j, true);
    if (word > 0xffffffffn) throw refused(`word ${j} of the engine is ${word}, which is more than 32 bits`);
    words[j] = Number(word);
  }
  return words;
}

function readNormalSample(view: DataView): number {
  const sample = view.getFloat64(OFFSET.normalSample, true);
  if (!Number.isFinite(sample)) throw refused(`the kept normal sample is ${sample}, which is not finite`);
  return sample;
}

function refused(reason: string): FormatError {
  return new FormatError(
    'Generator.setState',
    `${reason}. Pass what Generator.getState() or torch.get_rng_state() returned.`,
  );
}
