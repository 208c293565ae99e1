/** What training does with the arrays of large results, which are filled again once no tensor holds them. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  Generator,
  manualSeed,
  randint,
  randn,
  scope,
  setBackend,
  type Tensor,
  type TypedArray,
} from '@lowrank/tensor';
import { Adam, crossEntropy, type Layer, Linear, Module, ReLU, Sequential } from '../../src/index.js';

const BATCH = 64;

interface Training {
  readonly model: Sequential;
  step(): number;
}

/** All results of its steps are large enough to be filled again. */
function training(activation: Layer = new ReLU()): Training {
  manualSeed(5);
  const generator = new Generator(8);
  const model = new Sequential(new Linear(200, 300), activation, new Linear(300, 250));
  const optimizer = new Adam(model.parameters(), { lr: 1e-2 });
  const x = randn([BATCH, 200], { generator });
  const labels = randint([BATCH], 0, 250, { generator });
  return {
    model,
    step() {
      optimizer.zeroGrad();
      const loss = crossEntropy(model.forward(x), labels);
      loss.backward();
      optimizer.step();
      return loss.item();
    },
  };
}

const STEPS = 12;

const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray) =>
  Buffer.from(buffer, byteOffset, byteLength);

const isSame = (a: TypedArray, b: TypedArray) => bytesOf(a).equals(bytesOf(b));

const losses = (step: () => number) => Array.from({ length: STEPS }, step);

// The reference kernels make new arrays.
beforeAll(() => setBackend('wasm'));

describe('training', () => {
  it('gives the same bits whether its results are filled again or not', () => {
    const [plain, scoped, read] = [training(), training(), training()] as [Training, Training, Training];
    const expected = losses(() => {
      const loss = read.step();
      // An array that was given out is never filled again.
      for (const parameter of read.model.parameters()) {
        parameter.dataSync();
        parameter.grad?.dataSync();
      }
      return loss;
    });
    expect(losses(plain.step)).toEqual(expected);
    expect(losses(() => scope(scoped.step))).toEqual(expected);
    expect(new Set(expected).size).toBe(STEPS);
  });

  it('fills the arrays of replaced parameters again', () => {
    const { model, step } = training();
    const [weight] = model.parameters() as [Tensor];
    const buffers = new Set<object>();
    losses(() => {
      const loss = step();
      buffers.add((weight.storage as TypedArray).buffer);
      return loss;
    });
    expect(buffers.size).toBeLessThan(STEPS / 2);
  });

  it('leaves alone what somebody may still look at', () => {
    const kept: { readonly tensor: Tensor; readonly values: TypedArray }[] = [];
    const look = (tensor: Tensor) => {
      kept.push({ tensor, values: (tensor.storage as TypedArray).slice() });
    };
    const passed: Tensor[] = [];
    class Watch extends Module {
      forward(x: Tensor): Tensor {
        x.retainGrad();
        x.registerHook(look);
        look(x);
        passed.push(x);
        return x;
      }
    }
    const { model, step } = training(new Watch());
    const [weight] = model.parameters() as [Tensor];
    losses(() => {
      const loss = step();
      look(weight.detach());
      look(weight.grad as Tensor);
      look(passed.at(-1)?.grad as Tensor);
      return loss;
    });
    expect(kept).toHaveLength(5 * STEPS);
    expect(kept.findIndex(({ tensor, values }) => !isSame(tensor.storage as TypedArray, values))).toBe(-1);
  });
});
