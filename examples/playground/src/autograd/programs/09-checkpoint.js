// Checkpoints: compute values again instead of keeping them
import { checkpoint, manualSeed, named, randn } from 'lowrank';

manualSeed(0);
const w = named(randn([4, 4], { requiresGrad: true }), 'w');
const x = named(randn([2, 4], { requiresGrad: true }), 'x');

let runs = 0;
const block = (x) => {
  runs++;
  return x.matmul(w).tanh().matmul(w).tanh();
};

const plain = block(x).square().sum();
plain.backward();
const expected = x.grad;
x.grad = null;
w.grad = null;

runs = 0;
const loss = checkpoint(block, [x]).square().sum();
console.log('after the forward pass, block ran', runs, 'time');
loss.backward();
console.log('after the backward pass,', runs, 'times');
console.log('the gradients are the same:', x.grad.eq(expected).all().item() === 1);

show(block(x).square().sum(), { title: 'What the block computes' });
