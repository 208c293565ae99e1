/** Options objects: what every function that takes one checks of it. */
import { ArgumentError, formatValue } from './errors.js';
import { Tensor } from './tensor.js';

/**
 * A boolean or a tensor in the place of the options is how PyTorch is called, and would go unnoticed without types; and so
 * would a name that is misspelt.
 * @param known The names that there are. Default: any.
 * @throws ArgumentError unless `options` is an object of named values, all of them known.
 */
export function checkOptions(op: string, options: object, known?: readonly string[]): void {
  if (
    typeof options !== 'object' ||
    options === null ||
    Array.isArray(options) ||
    options instanceof Tensor
  ) {
    throw new ArgumentError(
      op,
      `takes its options as an object, { name: value }, got ${formatValue(options)}`,
    );
  }
  const stranger = known && Object.keys(options).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new ArgumentError(op, `there is no option ${stranger}; there are ${known?.join(', ')}`);
  }
}
