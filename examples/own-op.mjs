// Defines an op with a derivative of its own: log(cosh(x)), which neither overflows nor loses its slope.
// @ts-check

import { abs, defineFunction, grad, gradcheck, gradgradcheck, softplus, tanh, tensor } from 'lowrank';

/** log(cosh(x)) = |x| + log(1 + exp(-2 |x|)) - log(2), and its derivative is tanh(x). */
const logCosh = defineFunction({
  name: 'logCosh',
  forward: ([x]) =>
    abs(x)
      .add(softplus(abs(x).mul(-2)))
      .sub(Math.LN2),
  backward: (g, { inputs: [x] }) => g.mul(tanh(x)),
  reads: 'inputs',
});

/** The formula as it stands: exp(x) leaves the range of float32 beyond 88. */
const asWritten = (/** @type {import('lowrank').Tensor} */ x) => x.exp().add(x.neg().exp()).div(2).log();

const x = tensor([-100, -1, 0, 1, 100], { requiresGrad: true });
console.log('x        ', String(x.detach()));

/** @param {import('lowrank').Tensor} y */
function show(y) {
  const [slope] = grad(y.sum(), [x]);
  console.log('value    ', String(y.detach()));
  console.log('slope    ', String(slope));
  return { value: y.tolist(), slope: slope.tolist() };
}
console.log('\nas written');
show(asWritten(x));
console.log('\nlogCosh');
const atX = show(logCosh([x]));

// A rule is checked against differences in float64; written in tensor ops, it can also be differentiated again.
const samples = tensor([-2.5, -0.3, 0.7, 1.9], { dtype: 'float64', requiresGrad: true });
const checked = {
  gradcheck: gradcheck((input) => logCosh([input]), [samples]),
  gradgradcheck: gradgradcheck((input) => logCosh([input]), [samples]),
};
console.log(`\ngradcheck ${checked.gradcheck}\ngradgradcheck ${checked.gradgradcheck}`);

// The same check says what is wrong with a rule that forgets a factor.
const wrong = defineFunction({
  name: 'wrong',
  forward: ([x]) => x.square(),
  backward: (g, { inputs: [x] }) => g.mul(x),
});

let complaint = '';
try {
  gradcheck((input) => wrong([input]), [samples]);
} catch (error) {
  complaint = String(error);
}
console.log(complaint);

export const results = { ...atX, ...checked, complaint };
