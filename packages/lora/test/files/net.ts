/** The model of the fixtures, and what else the tests of adapter files share. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Conv2d, Embedding, Linear, Module } from '@lowrank/nn';
import { loadSafetensors, type Tensor } from '@lowrank/tensor';
import type { AdapterFiles } from '../../src/index.js';

/** The fixtures that tools/peft-fixtures/make.py writes. */
export const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

class Features extends Module {
  readonly conv1 = new Conv2d(3, 4, 3, { padding: 1 });
  readonly conv2 = new Conv2d(4, 6, [3, 2], { stride: 2, bias: false });

  forward(x: Tensor): Tensor {
    return this.conv2.forward(this.conv1.forward(x).relu()).relu();
  }
}

class Classifier extends Module {
  readonly fc1: Linear;
  readonly head = new Linear(10, 3);

  constructor(features: number) {
    super();
    this.fc1 = new Linear(features, 10);
  }

  forward(x: Tensor): Tensor {
    return this.head.forward(this.fc1.forward(x).relu());
  }
}

/** Tokens [N, 9] to scores [N, 3], by way of an embedding, two convolutions and two linear layers. */
export class Net extends Module {
  readonly embed = new Embedding(7, 12);
  readonly features = new Features();
  readonly classifier: Classifier;

  /** @param features Another number than 36 makes a model that computes nothing, but that adapters do not fit. */
  constructor(features = 36) {
    super();
    this.classifier = new Classifier(features);
  }

  forward(tokens: Tensor): Tensor {
    const image = this.embed.forward(tokens).reshape([-1, 3, 6, 6]);
    return this.classifier.forward(this.features.forward(image).flatten(1));
  }
}

const base = loadSafetensors(`${FIXTURES}/base.safetensors`);

/** A model of the fixtures' base weights, in evaluation mode. */
export async function baseNet(): Promise<Net> {
  const net = new Net();
  net.loadStateDict((await base).tensors);
  net.eval();
  return net;
}

/** The two files of a fixture. */
export async function fixtureFiles(name: string): Promise<AdapterFiles> {
  return {
    config: await readFile(`${FIXTURES}/${name}/adapter_config.json`, 'utf8'),
    tensors: new Uint8Array(await readFile(`${FIXTURES}/${name}/adapter_model.safetensors`)),
  };
}

/** The values of a tensor, bit by bit. */
export function bitsOf(x: Tensor): string {
  const { buffer, byteOffset, byteLength } = x.dataSync();
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
}

/** All that there is to see of a model: its modules, and its tensors with their bits and whether they are trained. */
export function snapshot(model: Module): unknown {
  return {
    printed: String(model),
    modules: [...model.namedModules()].map(([path, module]) => [path, module.typeName, module.training]),
    state: Object.entries(model.stateDict()).map(([name, value]) => [
      name,
      value.dtype,
      value.shape,
      bitsOf(value),
    ]),
    trained: [...model.namedParameters()].map(([name, parameter]) => [name, parameter.requiresGrad]),
  };
}
