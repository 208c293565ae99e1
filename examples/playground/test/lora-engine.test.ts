// The engine of the tab *LoRA on your hand*: it reads with the shipped weights, learns a hand, and knows PEFT's files.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type AdapterFiles, fullLike, parseSafetensors, serializeSafetensors } from 'lowrank';
import { BASE_MODEL, FILES } from '../src/lora/base-model.js';
import { Engine } from '../src/lora/engine.js';
import { mnistImage, type Stroke } from '../src/lora/mnist-image.js';
import { CROSS, PLAIN, TRIANGLE } from './lora-strokes.js';

const contentOf = (file: string) => readFileSync(new URL(`../public/${file}`, import.meta.url));
const newEngine = () => new Engine(contentOf(FILES.network), contentOf(FILES.digits));

const imagesOf = (drawings: readonly (readonly Stroke[])[]) =>
  Float32Array.from(drawings.flatMap((drawing) => Array.from(mnistImage(drawing))));
const likeliest = (probabilities: Float32Array) => probabilities.indexOf(Math.max(...probabilities));

const own = { images: imagesOf([CROSS, TRIANGLE]), labels: Int32Array.of(9, 4) };
/** As the page proposes them. */
const settings = { rank: 4, steps: 40, learningRate: 0.005, own };
const few = { ...settings, steps: 4 };
const cross = mnistImage(CROSS);

describe('the network that is shipped', () => {
  const engine = newEngine();

  it('reads at least 195 of 200 digits of MNIST that it has not seen', () => {
    const { parameters, score } = engine.facts();
    expect(parameters).toBe(113_162);
    expect(score.total).toBe(200);
    expect(score.right).toBeGreaterThanOrEqual(195);
  });

  it('reads all ten digits as they are drawn', () => {
    const { probabilities } = engine.read(imagesOf(PLAIN), null);
    const read = PLAIN.map((_, i) => likeliest(probabilities.subarray(10 * i, 10 * (i + 1))));
    expect(read).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('comes with twenty digits of each kind to practise on', () => {
    for (let digit = 0; digit < 10; digit++) {
      expect(engine.replayed.labels.filter((label) => label === digit)).toHaveLength(20);
    }
  });
});

describe('a fine-tune', () => {
  it('lowers the loss, changes what is read, and forgets little', async () => {
    const engine = newEngine();
    expect(likeliest(engine.read(cross, null).probabilities)).not.toBe(9);
    const losses: number[] = [];
    const facts = await engine.fineTune(
      { name: 'ada', ...settings },
      { onStep: ({ loss }) => losses.push(loss) },
    );
    expect(losses).toHaveLength(settings.steps);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 10);
    expect(likeliest(engine.read(cross, 'ada').probabilities)).toBe(9);
    expect(facts).toMatchObject({ rank: 4, layers: ['conv1', 'conv2', 'conv3'], parameters: 4388 });
    expect(facts.score.right).toBeGreaterThanOrEqual(180);
  });

  it('leaves the network alone the same bits, with adapters and after they are gone', async () => {
    const engine = newEngine();
    const before = engine.read(cross, null).probabilities;
    await engine.fineTune({ name: 'ada', ...few });
    const { probabilities, untouched } = engine.read(cross, null);
    expect(probabilities).toEqual(before);
    expect(untouched).toEqual(before);
    expect(engine.read(cross, 'ada').probabilities).not.toEqual(before);
    engine.forget('ada');
    expect(engine.read(cross, null).probabilities).toEqual(before);
  });

  it('reads in between without disturbing what is learned', async () => {
    const [quiet, busy] = [newEngine(), newEngine()];
    const expected = await quiet.fineTune({ name: 'ada', ...few });
    await busy.fineTune({ name: 'grace', ...few, rank: 1 });
    const facts = await busy.fineTune(
      { name: 'ada', ...few },
      { onStep: () => void ['grace', null].map((adapter) => busy.read(cross, adapter)) },
    );
    expect(facts.files.tensors).toEqual(expected.files.tensors);
  });

  it('that is stopped leaves no adapter behind', async () => {
    const engine = newEngine();
    const stop = new AbortController();
    const stopped = engine.fineTune(
      { name: 'ada', ...settings },
      { signal: stop.signal, onStep: ({ step }) => step === 2 && stop.abort(new Error('enough')) },
    );
    await expect(stopped).rejects.toThrow('enough');
    expect(() => engine.read(cross, 'ada')).toThrow('there is no adapter ada');
    await engine.fineTune({ name: 'ada', ...few, steps: 1 });
    expect(engine.read(cross, 'ada').probabilities).toHaveLength(10);
  });
});

describe('the files of an adapter', () => {
  async function trained(): Promise<AdapterFiles> {
    const { files } = await newEngine().fineTune({ name: 'ada', ...few });
    return files;
  }

  it("have PEFT's keys", async () => {
    const files = await trained();
    expect(JSON.parse(files.config)).toMatchObject({
      peft_type: 'LORA',
      base_model_name_or_path: BASE_MODEL,
      r: 4,
      lora_alpha: 8,
      target_modules: ['conv1', 'conv2', 'conv3'],
    });
    const { tensors, metadata } = parseSafetensors(files.tensors);
    expect(metadata).toEqual({ format: 'pt' });
    expect(Object.entries(tensors).map(([key, { shape }]) => [key, shape])).toEqual([
      ['base_model.model.conv1.lora_A.weight', [4, 1, 3, 3]],
      ['base_model.model.conv1.lora_B.weight', [32, 4, 1, 1]],
      ['base_model.model.conv2.lora_A.weight', [4, 32, 3, 3]],
      ['base_model.model.conv2.lora_B.weight', [64, 4, 1, 1]],
      ['base_model.model.conv3.lora_A.weight', [4, 64, 3, 3]],
      ['base_model.model.conv3.lora_B.weight', [128, 4, 1, 1]],
    ]);
  });

  it('bring the same adapter to another engine', async () => {
    const engine = newEngine();
    const { files } = await engine.fineTune({ name: 'ada', ...few });
    const other = newEngine();
    const facts = await other.takeIn('friend', files);
    expect(other.read(cross, 'friend').probabilities).toEqual(engine.read(cross, 'ada').probabilities);
    expect(facts.files).toEqual(files);
  });

  it('may ask for dropout, which only training has', async () => {
    const files = await trained();
    const engine = newEngine();
    await engine.takeIn('friend', {
      ...files,
      config: files.config.replace('"lora_dropout": 0', '"lora_dropout": 0.5'),
    });
    const { probabilities } = engine.read(cross, 'friend');
    await engine.fineTune(
      { name: 'ada', ...few },
      { onStep: () => expect(engine.read(cross, 'friend').probabilities).toEqual(probabilities) },
    );
    expect.assertions(few.steps);
  });

  it('are refused, and leave no adapter, if they are broken, do not fit, or are not finite', async () => {
    const files = await trained();
    const { tensors } = parseSafetensors(files.tensors);
    const infinite = Object.fromEntries(
      Object.entries(tensors).map(([key, values]) => [key, fullLike(values, Number.NaN)]),
    );
    const bad: readonly (readonly [AdapterFiles, RegExp])[] = [
      [{ ...files, config: '{' }, /adapter_config\.json is not JSON/],
      [{ ...files, config: '{"peft_type": "LOHA"}' }, /peft_type is "LOHA"/],
      [{ ...files, config: files.config.replace('"r": 4', '"r": 3') }, /has shape/],
      [{ ...files, tensors: files.tensors.subarray(0, 900) }, /truncated/],
      [
        { ...files, tensors: serializeSafetensors(infinite) },
        /conv1\.lora_A\.weight holds numbers that are not finite/,
      ],
    ];
    const engine = newEngine();
    for (const [broken, reason] of bad) {
      await expect(engine.takeIn('friend', broken)).rejects.toThrow(reason);
      expect(() => engine.read(cross, 'friend')).toThrow('there is no adapter friend');
    }
    await engine.takeIn('friend', files);
    expect(engine.read(cross, 'friend').probabilities).toHaveLength(10);
  });
});
