// Where does this NaN come from? detectAnomaly tells
import { AnomalyError, detectAnomaly, named, tensor } from 'lowrank';

const x = named(tensor([0, 1, 4], { requiresGrad: true }), 'x');
const weights = tensor([0, 1, 1]);
const lossOf = (x) => x.sqrt().mul(weights).sum();

lossOf(x).backward();
console.log('x.grad =', x.grad);

// The slope of the square root at 0 is infinite, and 0 times infinity is NaN.
try {
  detectAnomaly(() => lossOf(x).backward());
} catch (error) {
  if (!(error instanceof AnomalyError)) throw error;
  console.log(error.message);
  show(error.output, { title: 'Where the NaN comes from', gradient: error.gradient, mark: error });
}
