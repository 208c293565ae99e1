/** Inputs for cases whose operands are large: a Generator would take longer to draw them than the work that is measured. */
import { arange, type Shape, type Tensor } from 'lowrank';

/** Numbers from -3 to 3 that look random, the same for the same shape and seed: digits of a sine that nobody sees. */
export function scattered(shape: Shape, seed = 0): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const digits = arange(count, { dtype: 'float64' }).add(seed).sin().mul(1e4).remainder(1);
  return digits.mul(6).sub(3).to('float32').reshape(shape);
}
