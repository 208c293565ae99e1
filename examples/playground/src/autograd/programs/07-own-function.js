// A function with a derivative of your own
import { defineFunction, gradcheck, named, tensor } from 'lowrank';

// log(1 + e^x) overflows for large x when it is computed as it is written. Nothing here does, nor its derivative.
const softplus = defineFunction({
  name: 'softplus',
  forward: ([x]) => x.relu().add(x.abs().neg().exp().log1p()),
  backward: (g, { inputs: [x] }) => g.mul(x.sigmoid()),
  reads: 'inputs',
});

const x = named(tensor([-2, 0, 3, 1000], { requiresGrad: true }), 'x');
const y = softplus([x]);
console.log('softplus =', y.detach());
console.log('written plainly:', x.detach().exp().add(1).log());

const loss = y.sum();
show(loss, { title: 'softplus' });

loss.backward();
console.log('x.grad =', x.grad);

// Measured slopes agree with the rule.
const point = tensor([-2, 0.1, 3], { dtype: 'float64', requiresGrad: true });
console.log(
  'gradcheck:',
  gradcheck((x) => softplus([x]), [point]),
);
