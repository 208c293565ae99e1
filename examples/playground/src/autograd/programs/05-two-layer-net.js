// A network of two layers learns exclusive or
import { Adam, crossEntropy, Linear, manualSeed, Sequential, Tanh, tensor, traceCalls } from 'lowrank';

manualSeed(3);
const inputs = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const labels = tensor([0, 1, 1, 0], { dtype: 'int32' });

const model = new Sequential(new Linear(2, 8), new Tanh(), new Linear(8, 2));
const optimizer = new Adam(model.parameters(), { lr: 0.05 });
console.log(model);

// With its modules, so that each layer is a box that opens when you press it.
const loss = traceCalls(() => crossEntropy(model.forward(inputs), labels), { modules: model });
show(loss, { title: 'The loss before training' });

for (let step = 0; step <= 100; step++) {
  optimizer.zeroGrad();
  const loss = crossEntropy(model.forward(inputs), labels);
  loss.backward();
  optimizer.step();
  if (step % 20 === 0) console.log(`step ${step}: loss ${loss.item().toFixed(4)}`);
}
console.log('predictions:', model.forward(inputs).argmax(1));
