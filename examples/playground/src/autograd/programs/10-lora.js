// LoRA as a parametrization of a weight
import {
  Linear,
  Lora,
  manualSeed,
  mseLoss,
  named,
  randn,
  registerParametrization,
  SGD,
  traceCalls,
} from 'lowrank';

manualSeed(0);
const layer = new Linear(6, 4);
for (const parameter of layer.parameters()) parameter.requiresGrad = false;

// The weight is now W + scale * B A, of which only A and B are trained.
const lora = new Lora(layer.weight.shape, { r: 1 });
registerParametrization(layer, 'weight', lora);
named(lora.lora_A, 'A');
named(lora.lora_B, 'B');

const trained = layer.parameters().filter(({ requiresGrad }) => requiresGrad);
console.log(
  'trained shapes:',
  trained.map(({ shape }) => shape),
);

const [x, target] = [randn([8, 6]), randn([8, 4])];
const loss = traceCalls(() => mseLoss(layer.forward(x), target), { modules: layer });
// B begins at zero, so at first nothing flows to A.
show(loss, { title: 'The first step' });

const optimizer = new SGD(trained, { lr: 0.2 });
for (let step = 0; step <= 40; step++) {
  optimizer.zeroGrad();
  const loss = mseLoss(layer.forward(x), target);
  loss.backward();
  optimizer.step();
  if (step % 10 === 0) console.log(`step ${step}: loss ${loss.item().toFixed(4)}`);
}
