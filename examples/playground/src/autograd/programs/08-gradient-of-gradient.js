// The gradient of a gradient, and Newton's method with it
import { grad, named, tensor } from 'lowrank';

const f = (x) => x.pow(4).sub(x.mul(3));

// With createGraph the backward pass is recorded like any other computation.
const x = named(tensor(2, { requiresGrad: true }), 'x');
const [slope] = grad(f(x), [x], { createGraph: true });
show(slope, { title: "The graph of f'(x)" });
slope.backward();
console.log("f'(2)  =", slope.item(), '   4 x^3 - 3 =', 4 * 2 ** 3 - 3);
console.log("f''(2) =", x.grad.item(), '   12 x^2    =', 12 * 2 ** 2);

let point = 2;
for (let step = 1; step <= 6; step++) {
  const at = tensor(point, { requiresGrad: true });
  const [first] = grad(f(at), [at], { createGraph: true });
  const [second] = grad(first, [at]);
  point -= first.item() / second.item();
  console.log(`Newton, step ${step}: x = ${point.toFixed(6)}`);
}
console.log('the minimum is at the cube root of 3/4 =', Math.cbrt(0.75).toFixed(6));
