// Where paths meet, gradients add up
import { named, tensor } from 'lowrank';

// x goes into y three times, on ways of different lengths.
const x = named(tensor([1, 2, 3], { requiresGrad: true }), 'x');
const square = named(x.mul(x), 'square');
const y = square.mul(x).sum();

show(y, { title: 'y = sum of x * x * x' });

y.backward();
console.log('y      =', y);
console.log('x.grad =', x.grad);
console.log('3 x^2  =', x.detach().square().mul(3));

// A second pass adds to what is there, until zeroGrad or x.grad = null.
x.square().sum().backward();
console.log('after a second backward:', x.grad);
