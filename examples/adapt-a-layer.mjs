// Adapts a small network to a new task with LoRA: sin(x) is learnt by all weights, sin(x + 0.5) by two thin matrices.
// @ts-check

import {
  Adam,
  Linear,
  Lora,
  linspace,
  loraParameters,
  manualSeed,
  markOnlyLoraAsTrainable,
  mseLoss,
  noGrad,
  registerParametrization,
  removeParametrizations,
  Sequential,
  setLoraEnabled,
  Tanh,
} from 'lowrank';

manualSeed(0);

const x = linspace(-Math.PI, Math.PI, 64).unsqueeze(1);
const before = x.sin();
const after = x.add(0.5).sin();

const hidden = new Linear(32, 32);
const model = new Sequential(new Linear(1, 32), new Tanh(), hidden, new Tanh(), new Linear(32, 1));

/**
 * @param {import('lowrank').Tensor} target
 * @param {number} steps
 */
function train(target, steps) {
  // Made only now: an optimiser does not find parameters that are added later.
  const optimizer = new Adam(model.parameters(), { lr: 0.02 });
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    mseLoss(model.forward(x), target).backward();
    optimizer.step();
  }
}

/**
 * Prints the losses on both tasks.
 * @param {string} name
 */
function show(name) {
  const losses = [before, after].map((target) => noGrad(() => mseLoss(model.forward(x), target).item()));
  console.log([name.padEnd(10), ...losses.map((loss) => loss.toFixed(6).padStart(12))].join('  '));
  return losses;
}

console.log('loss              sin(x)  sin(x + 0.5)');
train(before, 150);
const pretrained = show('pretrained');

registerParametrization(hidden, 'weight', new Lora(hidden.weight.shape, { rank: 2 }));
markOnlyLoraAsTrainable(model);
train(after, 150);
const on = show('LoRA on');

setLoraEnabled(model, false);
const off = show('LoRA off');
setLoraEnabled(model, true);

/** @param {Iterable<import('lowrank').Tensor>} parameters */
const count = (parameters) => [...parameters].reduce((sum, parameter) => sum + parameter.numel(), 0);
const trained = count(loraParameters(model).values());

removeParametrizations(hidden, 'weight');
const merged = show('merged');

const all = count(model.parameters());
console.log(
  `LoRA trained ${trained} numbers; the network has ${all} (${((100 * trained) / all).toFixed(1)} %).`,
);

export const results = { losses: { pretrained, on, off, merged }, trained, all };
