/** Models with a layer of each kind, and adapters that have learned something. */
import { addAdapter, type LoraConfig, loraParameters } from '@lowrank/lora';
import { Conv2d, Embedding, type Layer, Linear, Module, Sequential } from '@lowrank/nn';
import { arange, Generator, randn, type Tensor, tensor } from '@lowrank/tensor';

/** A layer of each kind, in a model of its own, and a batch of four rows for it. */
export interface Kind {
  readonly name: string;
  readonly make: () => Layer & { readonly weight: Tensor };
  readonly batch: () => Tensor;
}

const generator = new Generator(7);

export const KINDS: readonly Kind[] = [
  { name: 'Linear', make: () => new Linear(6, 5), batch: () => randn([4, 6], { generator }) },
  {
    name: 'Linear without bias, on sequences',
    make: () => new Linear(6, 5, { bias: false }),
    batch: () => randn([4, 3, 6], { generator }),
  },
  {
    name: 'Conv2d',
    make: () => new Conv2d(3, 4, 3, { stride: 2, padding: 1 }),
    batch: () => randn([4, 3, 5, 5], { generator }),
  },
  {
    name: 'Conv2d with dilation',
    make: () => new Conv2d(2, 5, [2, 3], { dilation: [2, 1], padding: 'same', bias: false }),
    batch: () => randn([4, 2, 5, 4], { generator }),
  },
  {
    name: 'Embedding',
    make: () => new Embedding(7, 5),
    batch: () =>
      tensor(
        [
          [0, 6],
          [3, 3],
          [2, 1],
          [5, 0],
        ],
        { dtype: 'int32' },
      ),
  },
];

/** All that changes what an adapter computes. */
export const OPTIONS: readonly (readonly [name: string, options: Partial<LoraConfig>])[] = [
  ['as it is by default', {}],
  ['rank-stabilised', { useRslora: true, alpha: 3 }],
  ['with DoRA', { useDora: true }],
  ['with DoRA and dropout', { useDora: true, dropout: 0.5 }],
  ['with dropout', { dropout: 0.5 }],
  ['drawn from the normal distribution', { init: 'gaussian' }],
  ['orthogonal', { init: 'orthogonal' }],
  ['drawn at random', { init: false }],
  ['PiSSA', { init: 'pissa' }],
  ['PiSSA with DoRA', { init: 'pissa', useDora: true }],
  ['OLoRA', { init: 'olora' }],
  ['with biases', { bias: 'lora_only' }],
  ['with a rank and an alpha of its own', { rankPattern: { '0': 3 }, alphaPattern: { '0': 5 } }],
];

/** A kind's layer in a Sequential, and what it was before it had adapters. */
export function modelOf(kind: Kind): Sequential {
  return new Sequential(kind.make()).eval();
}

/** Every kind with every option. */
export const CASES = KINDS.flatMap((kind) =>
  OPTIONS.map(([name, options]) => [`${kind.name}, ${name}`, kind, options] as const),
);

/** Adds an adapter of rank 2 to the layer of a model, as training might have left it. */
export function addLearned(model: Module, options: Partial<LoraConfig> = {}, name = 'default'): void {
  const before = new Set(model.parameters());
  addAdapter(model, { r: 2, targetModules: ['0'], ...options }, name);
  learn([...loraParameters(model).values()].filter((parameter) => !before.has(parameter)));
}

/** Moves parameters, each by another amount. */
export function learn(parameters: readonly Tensor[]): void {
  for (const parameter of parameters) {
    const noise = randn(parameter.shape, { generator, dtype: parameter.dtype });
    parameter.assign(parameter.detach().add(noise.mul(0.3)));
  }
}

/** A small network with a layer of each kind: tokens [N, 4] to scores [N, 3]. */
export class Network extends Module {
  readonly embed = new Embedding(7, 8);
  readonly blocks = [new Block(), new Block()];
  readonly conv = new Conv2d(2, 3, 3, { padding: 1 });
  readonly head = new Linear(48, 3);

  forward(tokens: Tensor): Tensor {
    const x = this.blocks.reduce((value, block) => block.forward(value), this.embed.forward(tokens));
    const image = x.reshape([-1, 2, 4, 4]);
    return this.head.forward(this.conv.forward(image).relu().flatten(1));
  }
}

/** Two linear layers, with a way around them. */
export class Block extends Module {
  readonly query = new Linear(8, 8);
  readonly value = new Linear(8, 8);

  forward(x: Tensor): Tensor {
    return x.add(this.value.forward(this.query.forward(x).relu()));
  }
}

/** Six rows of tokens. */
export function tokens(): Tensor {
  return arange(24, { dtype: 'int32' }).mul(5).remainder(7).reshape([6, 4]).to('int32');
}

/** The values of a tensor, to be compared to the bit. */
export function bits(x: Tensor): readonly number[] {
  return Array.from(x.dataSync());
}
