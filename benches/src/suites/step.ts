/** A training step of the MNIST network: of all parameters, and of LoRA alone. */
import {
  Adam,
  CONVOLUTIONS,
  crossEntropy,
  Generator,
  Lora,
  MnistCnn,
  markOnlyLoraAsTrainable,
  rand,
  randint,
  registerParametrization,
  type StateDict,
} from 'lowrank';
import type { Contestant, Suite } from '../suite.js';

const BATCH_SIZE = 16;

function networkWith(state: StateDict): MnistCnn {
  const model = new MnistCnn();
  model.loadStateDict(state);
  return model;
}

function withLora(model: MnistCnn, generator: Generator): MnistCnn {
  for (const name of CONVOLUTIONS) {
    const layer = model[name];
    registerParametrization(layer, 'weight', new Lora(layer.weight.shape, { rank: 1, generator }));
  }
  markOnlyLoraAsTrainable(model);
  return model;
}

/** Step after step on one batch. LoRA starts at zero, so that the losses of the first steps are the same. */
function training(model: MnistCnn, generator: Generator): Contestant {
  const images = rand([BATCH_SIZE, 1, 28, 28], { generator });
  const labels = randint([BATCH_SIZE], 0, 10, { generator });
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  return () => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(images), labels);
    loss.backward();
    optimizer.step();
    return loss.dataSync();
  };
}

export const stepSuite: Suite = {
  name: 'step',
  about: 'a step of Adam on the MNIST CNN: LoRA of rank 1 in its convolutions against all parameters',
  cases: [
    {
      name: `batch of ${BATCH_SIZE}`,
      prepare: () => {
        const state = new MnistCnn().stateDict();
        const lora = withLora(networkWith(state), new Generator(1));
        return {
          'LoRA step': training(lora, new Generator(2)),
          'full step': training(networkWith(state), new Generator(2)),
        };
      },
    },
  ],
};
