// A toy language model over ten colours, and a layer that wraps one of its own: the next word changes.
// @ts-check

import { Embedding, Linear, Module, manualSeed, noGrad, Parameter, randn, tensor } from 'lowrank';

manualSeed(42);

const HIDDEN = 1024;
const RANK = 2;

class TestModel extends Module {
  embedding = new Embedding(10, HIDDEN);
  /** @type {Linear | LoraLayer} */
  linear = new Linear(HIDDEN, HIDDEN);
  lm_head = new Linear(HIDDEN, 10);

  /** @param {import('lowrank').Tensor} ids */
  forward(ids) {
    return this.lm_head.forward(this.linear.forward(this.embedding.forward(ids)));
  }
}

/** A linear layer with x A B added. Both factors are random, so that one sees it: to train, one begins at zero. */
class LoraLayer extends Module {
  /**
   * @param {Linear} base_layer
   * @param {number} rank
   */
  constructor(base_layer, rank) {
    super();
    this.base_layer = base_layer;
    const [outputs, inputs] = base_layer.weight.shape;
    this.lora_a = new Parameter(randn([inputs, rank]));
    this.lora_b = new Parameter(randn([rank, outputs]));
  }

  /** @param {import('lowrank').Tensor} x */
  forward(x) {
    return this.base_layer.forward(x).add(x.matmul(this.lora_a).matmul(this.lora_b));
  }
}

const COLOURS = [
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'indigo',
  'violet',
  'magenta',
  'marigold',
  'chartreuse',
];
const ids = tensor([[0, 1, 2, 3, 4, 5, 6, 7]], { dtype: 'int32' });

/** The word that the model finds most likely to come next. */
function nextWord() {
  const logits = noGrad(() => model.forward(ids));
  return COLOURS[logits.select(1, -1).argmax(1).item()];
}

const model = new TestModel();
console.log(String(model));
const before = nextWord();
console.log(`The next word: ${before}`);

// Hidden states of 8 words, a pair of factors, and what the layer gives with them.
const X = randn([1, 8, HIDDEN]);
const a = randn([HIDDEN, RANK]);
const b = randn([RANK, HIDDEN]);
const base = /** @type {Linear} */ (model.linear);
const output = noGrad(() => base.forward(X).add(X.matmul(a).matmul(b)));
const ratio = (a.numel() + b.numel()) / base.weight.numel();
console.log(`\nX\n${X}`);
console.log(`\nX W^T + X A B has the shape [${output.shape.join(', ')}]; |A+B| / |W| = ${ratio}`);

model.linear = new LoraLayer(base, RANK);
console.log(`\n${model}`);
const after = nextWord();
console.log(`The next word: ${after}`);

const states = Array.from(X.dataSync());
export const results = {
  before,
  after,
  ratio,
  X: { shape: X.shape, first: states.slice(0, 3), last: states.slice(-3) },
  outputShape: output.shape,
};
