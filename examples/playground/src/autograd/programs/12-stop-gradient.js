// Where gradients stop: detach, noGrad, frozen weights
import { named, noGrad, tensor } from 'lowrank';

const x = named(tensor(3, { requiresGrad: true }), 'x');
const frozen = named(tensor(5), 'frozen');

// The second factor is the same number as the first, but a constant to autograd.
const y = x.square().mul(x.square().detach()).mul(frozen);
show(y, { title: 'Half of the path is cut' });

y.backward();
console.log('x.grad =', x.grad.item(), '   2 x^3 * frozen =', 2 * 3 ** 3 * 5);
console.log('frozen.grad =', frozen.grad);

const untracked = noGrad(() => x.mul(2));
console.log('inside of noGrad nothing is recorded:', untracked.gradFn);
