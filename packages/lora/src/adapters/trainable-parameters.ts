/** How much of a model is trained. */
import { Module } from '@lowrank/nn';
import { ArgumentError, formatValue } from '@lowrank/tensor';

/** The number of parameters that are trained, and of all; printed in PEFT's words. */
export class ParameterCount {
  constructor(
    readonly trainable: number,
    readonly all: number,
  ) {}

  /** The trained part of all in percent; 0 of none. */
  get percent(): number {
    return this.all === 0 ? 0 : (100 * this.trainable) / this.all;
  }

  /** `trainable params: 1,097 || all params: 114,259 || trainable%: 0.9601` */
  toString(): string {
    const [trainable, all] = [this.trainable, this.all].map((count) => count.toLocaleString('en-US'));
    return `trainable params: ${trainable} || all params: ${all} || trainable%: ${this.percent.toFixed(4)}`;
  }

  /** Node's `console.log` prints it as `toString` does. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * How many of a model's parameters are trained, with adapters or parametrizations or neither. PEFT's
 * `print_trainable_parameters`
 * @example
 * console.log(trainableParameters(model));
 * // -> trainable params: 1,097 || all params: 114,259 || trainable%: 0.9601
 */
export function trainableParameters(model: Module): ParameterCount {
  if (!(model instanceof Module)) {
    throw new ArgumentError('trainableParameters', `takes a module, got ${formatValue(model)}`);
  }
  const parameters = model.parameters();
  const count = (some: typeof parameters) => some.reduce((sum, parameter) => sum + parameter.numel(), 0);
  return new ParameterCount(count(parameters.filter(({ requiresGrad }) => requiresGrad)), count(parameters));
}
