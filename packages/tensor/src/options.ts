/** Options objects: what every function that takes one checks of it. */
import { ArgumentError, formatValue } from './errors.js';
import { Tensor } from './tensor.js';

/**
 * A boolean or a tensor in the place of the options is how PyTorch is called, and would go unnoticed without types.
 * @throws ArgumentError unless `options` is an object of named values.
 */
export function checkOptions(op: string, options: object): void {
  if (
    typeof options === 'object' &&
    options !== null &&
    !Array.isArray(options) &&
    !(options instanceof Tensor)
  )
    return;
  throw new ArgumentError(op, `takes its options as an object, { name: value }, got ${formatValue(options)}`);
}
