// The chain rule: z = x * y + sin(x)
import { named, tensor } from 'lowrank';

const x = named(tensor(0.5, { requiresGrad: true }), 'x');
const y = named(tensor(4.2, { requiresGrad: true }), 'y');

const z = x.mul(y).add(x.sin());

// Look at the graph below: move its slider to walk back from z to x and y.
show(z, { title: 'z = x * y + sin(x)' });

z.backward();
console.log('z     =', z);
console.log('dz/dx =', x.grad, 'which is y + cos(x) =', y.item() + Math.cos(x.item()));
console.log('dz/dy =', y.grad, 'which is x');
