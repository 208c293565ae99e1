/** Checking gradients against finite differences. */
import {
  checkOptions,
  DeviceError,
  formatShape,
  fromTypedArray,
  GradientError,
  isFloat,
  type Tensor,
  type TypedArray,
  zerosLike,
} from '@lowrank/tensor';
import { grad } from './backward.js';
import { expectFunction, expectTensors } from './expect.js';
import { enableGrad } from './grad-mode.js';
import { requiresGrad } from './tape.js';

/** A function to check: of any number of tensors, with one or several results. Results that are not floats are ignored. */
export type Differentiable = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

export interface GradcheckOptions {
  /** The step of the central difference. Default 1e-6. */
  readonly eps?: number;
  /** Deviations up to `atol + rtol * |difference quotient|` are let pass. Default 1e-5. */
  readonly atol?: number;
  /** Default 1e-3. */
  readonly rtol?: number;
}

/**
 * Compares the gradients of `f` with central differences, for every output with respect to every input that requires
 * one. `torch.autograd.gradcheck`
 *
 * @param inputs Those that require gradients must be float64: float32 has too few digits for differences.
 * @returns true
 * @throws GradientError that names the first output and input whose gradient is wrong, and both values.
 * @throws DeviceError for inputs on the GPU.
 */
export function gradcheck(
  f: Differentiable,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): true {
  return check('gradcheck', f, inputs, options);
}

/**
 * Checks the gradients of the gradients of `f`, for random-looking but fixed gradients of its outputs.
 * `torch.autograd.gradgradcheck`
 *
 * @param inputs As for `gradcheck`.
 * @returns true
 * @throws GradientError as `gradcheck`; the outputs that it counts are the gradients of the inputs, and the inputs are
 *   followed by the gradients of the outputs.
 */
export function gradgradcheck(
  f: Differentiable,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): true {
  checkedInputs('gradgradcheck', f, inputs);
  const needs = inputs.map(requiresGrad);
  const weights = evaluate(f, inputs).map(({ shape, dtype }, k) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const weight = fromTypedArray(
      Float64Array.from({ length: size }, (_, i) => Math.sin(i + k + 1)),
      shape,
    ).to(dtype);
    weight.requiresGrad = true;
    return weight;
  });
  const gradients = (...all: Tensor[]): Tensor[] => {
    const own = all.slice(0, inputs.length);
    const differentiated = own.filter((_, i) => needs[i]);
    const used = evaluate(f, own)
      .map((output, k) => ({ output, weight: all[inputs.length + k] as Tensor }))
      .filter(({ output }) => requiresGrad(output));
    const found = grad(
      used.map(({ output }) => output),
      differentiated,
      { gradOutputs: used.map(({ weight }) => weight), createGraph: true, allowUnused: true },
    );
    return found.map((gradient, i) => gradient ?? zerosLike(differentiated[i] as Tensor));
  };
  return check('gradgradcheck', gradients, [...inputs, ...weights], options);
}

function check(op: string, f: Differentiable, inputs: readonly Tensor[], options: GradcheckOptions): true {
  checkOptions(op, options);
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3 } = options;
  const checked = checkedInputs(op, f, inputs);
  const leaves = inputs.map((input) => (requiresGrad(input) ? leafOf(input, input.dataSync()) : input));
  requireFloat64(op, 'input', checked, leaves);
  const outputs = evaluate(f, leaves);
  requireFloat64(op, 'output', [...outputs.keys()], outputs);
  for (const i of checked) {
    const leaf = leaves[i] as Tensor;
    const quotients = differenceQuotients(f, leaves, i, eps);
    for (const { o, row, column, exact } of gradientElements(outputs, leaf)) {
      const quotient = quotients[column]?.[o]?.[row] as number;
      if (Math.abs(exact - quotient) <= atol + rtol * Math.abs(quotient)) continue;
      throw new GradientError(
        op,
        `output ${o} ${formatShape((outputs[o] as Tensor).shape)}, element ${row}, by input ${i} ${formatShape(leaf.shape)}, ` +
          `element ${column}: autograd says ${exact}, the difference quotient is ${quotient}`,
      );
    }
  }
  return true;
}

/** The inputs that require gradients, by their positions. */
function checkedInputs(op: string, f: Differentiable, inputs: readonly Tensor[]): number[] {
  expectFunction(op, 'what is checked', f);
  expectTensors(op, 'input', inputs);
  const checked = [...inputs.keys()].filter((i) => requiresGrad(inputs[i] as Tensor));
  if (inputs.some(({ device }) => device === 'gpu')) {
    throw new DeviceError(op, 'computes in float64, which the GPU does not have. Make the inputs on the CPU');
  }
  if (checked.length === 0)
    throw new GradientError(op, 'no input requires a gradient. Set requiresGrad = true');
  return checked;
}

function requireFloat64(
  op: string,
  kind: string,
  indices: readonly number[],
  tensors: readonly Tensor[],
): void {
  const narrow = indices.find((i) => tensors[i]?.dtype !== 'float64');
  if (narrow === undefined) return;
  throw new GradientError(
    op,
    `${kind} ${narrow} is ${tensors[narrow]?.dtype}, whose digits are too few for differences. Use float64`,
  );
}

/** A new leaf of the input's shape that holds `values`. */
function leafOf(input: Tensor, values: ArrayLike<number>): Tensor {
  const leaf = fromTypedArray(Float64Array.from(values), input.shape).to(input.dtype);
  leaf.requiresGrad = true;
  return leaf;
}

/** The results that can have gradients. */
function evaluate(f: Differentiable, inputs: readonly Tensor[]): readonly Tensor[] {
  const outputs = enableGrad(() => f(...inputs));
  return (Array.isArray(outputs) ? (outputs as readonly Tensor[]) : [outputs as Tensor]).filter(({ dtype }) =>
    isFloat(dtype),
  );
}

/** The gradient of each element of each output with respect to each element of the input, as autograd computes it. */
function* gradientElements(outputs: readonly Tensor[], input: Tensor) {
  for (const [o, output] of outputs.entries()) {
    for (let row = 0; row < output.numel(); row++) {
      for (const [column, exact] of gradientOf(output, row, input).entries()) yield { o, row, column, exact };
    }
  }
}

function gradientOf(output: Tensor, row: number, input: Tensor): TypedArray {
  const nothing = new Float64Array(input.numel());
  if (!requiresGrad(output)) return nothing;
  const unit = new Float64Array(output.numel());
  unit[row] = 1;
  const gradOutputs = [fromTypedArray(unit, output.shape)];
  const [gradient] = grad(output, [input], { gradOutputs, retainGraph: true, allowUnused: true });
  return gradient?.dataSync() ?? nothing;
}

/** For each element of input `i` the slopes of all elements of all outputs, `[element][output][row]`. */
function differenceQuotients(
  f: Differentiable,
  inputs: readonly Tensor[],
  i: number,
  eps: number,
): Float64Array[][] {
  const input = inputs[i] as Tensor;
  const at = (column: number, step: number): ArrayLike<number>[] => {
    const moved = Float64Array.from(input.dataSync());
    moved[column] = (moved[column] as number) + step;
    return evaluate(f, inputs.with(i, leafOf(input, moved))).map((output) => output.dataSync());
  };
  return Array.from({ length: input.numel() }, (_, column) => {
    const [above, below] = [at(column, eps), at(column, -eps)];
    return above.map((values, o) =>
      Float64Array.from(values, (value, row) => (value - (below[o]?.[row] as number)) / (2 * eps)),
    );
  });
}
