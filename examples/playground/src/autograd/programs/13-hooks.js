// Hooks: look at gradients on their way, and change them
import { named, tensor } from 'lowrank';

const x = named(tensor([1, -2, 3], { requiresGrad: true }), 'x');
const hidden = named(x.mul(10), 'hidden');

// Printed twice: the page below walks through the backward pass, too.
hidden.registerHook((g) => console.log('arrives at hidden:', g));
hidden.registerHook((g) => g.clamp(-1, 1));

const loss = hidden.square().sum();
show(loss, { title: 'Clipped on the way' });

loss.backward();
console.log('x.grad =', x.grad);
