// Scaled dot-product attention, as in "Attention is all you need"
import { manualSeed, matmul, named, randn, softmax } from 'lowrank';

manualSeed(1);
const [T, d] = [4, 3];
const Q = named(randn([T, d], { requiresGrad: true }), 'Q');
const K = named(randn([T, d], { requiresGrad: true }), 'K');
const V = named(randn([T, d], { requiresGrad: true }), 'V');

const scores = matmul(Q, K, { transposeB: true }).div(Math.sqrt(d));
const weights = named(softmax(scores), 'weights');
const output = matmul(weights, V);

console.log('weights =', weights.detach());
console.log('each row sums to', weights.detach().sum(1));

const loss = output.square().mean();
show(loss, { title: 'Attention' });

loss.backward();
console.log('Q.grad =', Q.grad);
