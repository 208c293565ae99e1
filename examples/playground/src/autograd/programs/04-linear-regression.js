// Linear regression by gradient descent, by hand
import { linspace, manualSeed, named, noGrad, randn, tensor } from 'lowrank';

manualSeed(0);
const x = linspace(-1, 1, 20);
const y = x
  .mul(3)
  .add(0.5)
  .add(randn([20]).mul(0.1));

let w = named(tensor(0, { requiresGrad: true }), 'w');
let b = named(tensor(0, { requiresGrad: true }), 'b');
const lossOf = (w, b) => x.mul(w).add(b).sub(y).square().mean();

// Both gradients are negative: the loss falls if w and b grow.
show(lossOf(w, b), { title: 'The loss before the first step' });

for (let step = 1; step <= 60; step++) {
  const loss = lossOf(w, b);
  loss.backward();
  if (step % 10 === 0) console.log(`step ${step}: loss ${loss.item().toFixed(4)}`);
  // New leaves, so that the graph of one step never reaches into the next one.
  [w, b] = noGrad(() => [w, b].map((value) => value.sub(value.grad.mul(0.3))));
  w.requiresGrad = true;
  b.requiresGrad = true;
}
console.log(`y = ${w.item().toFixed(2)} x + ${b.item().toFixed(2)}`);
