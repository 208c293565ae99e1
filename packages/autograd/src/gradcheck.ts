/** Checking gradients against finite differences. */
import { formatShape, fromTypedArray, GradientError, type Tensor, zeros } from '@lowrank/tensor';
import { grad } from './backward.js';
import { enableGrad, noGrad } from './grad-mode.js';
import { requiresGrad } from './tape.js';

/** A function to check: of any number of tensors, with one or several results. */
export type Differentiable = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

export interface GradcheckOptions {
  /** The step of the central difference. Default 1e-6. */
  readonly eps?: number;
  /** Default 1e-5. */
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
 * @throws GradientError that names the output, the input and the largest deviation.
 */
export function gradcheck(f: Differentiable, inputs: readonly Tensor[], options: GradcheckOptions = {}): true {
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3 } = options;
  const checked = inputs.map((input, i) => (requiresGrad(input) ? i : -1)).filter((i) => i >= 0);
  if (checked.length === 0) throw new GradientError('gradcheck', 'no input requires a gradient');
  const narrow = checked.find((i) => inputs[i]?.dtype !== 'float64');
  if (narrow !== undefined) {
    throw new GradientError('gradcheck', `input ${narrow} is ${inputs[narrow]?.dtype}. Differences need float64`);
  }
  const outputCount = evaluate(f, inputs).length;
  for (let o = 0; o < outputCount; o++) {
    for (const i of checked) {
      const exact = analyticJacobian(f, inputs, o, i);
      const approximate = numericJacobian(f, inputs, o, i, eps);
      compare(exact, approximate, { output: o, input: i, shape: (inputs[i] as Tensor).shape, atol, rtol });
    }
  }
  return true;
}

/**
 * Checks the gradients of the gradients of `f`, for random-looking but fixed gradients of its outputs.
 * `torch.autograd.gradgradcheck`
 * @throws GradientError as `gradcheck`.
 */
export function gradgradcheck(f: Differentiable, inputs: readonly Tensor[], options: GradcheckOptions = {}): true {
  const differentiable = inputs.filter(requiresGrad);
  const weights = evaluate(f, inputs).map((output) => {
    const weight = Float64Array.from({ length: output.numel() }, (_, k) => Math.sin(k + 1));
    const tensor = fromTypedArray(weight, output.shape);
    tensor.requiresGrad = true;
    return tensor;
  });
  const gradient = (...all: Tensor[]): Tensor[] => {
    const own = all.slice(0, inputs.length);
    const outputs = list(f(...own));
    const used = outputs.map((output, k) => ({ output, weight: all[inputs.length + k] as Tensor })).filter((pair) => requiresGrad(pair.output));
    const gradients = grad(
      used.map((pair) => pair.output),
      own.filter((_, k) => requiresGrad(inputs[k] as Tensor)),
      { gradOutputs: used.map((pair) => pair.weight), createGraph: true, allowUnused: true },
    );
    return gradients.map((g, k) => g ?? zeros((differentiable[k] as Tensor).shape, { dtype: 'float64' }));
  };
  return gradcheck(gradient, [...inputs, ...weights], options);
}

function list(outputs: Tensor | readonly Tensor[]): readonly Tensor[] {
  return Array.isArray(outputs) ? outputs : [outputs as Tensor];
}

function evaluate(f: Differentiable, inputs: readonly Tensor[]): readonly Tensor[] {
  return enableGrad(() => list(f(...inputs))).map((output) => noGrad(() => output.detach()));
}

/** One row per element of the output: its gradient with respect to the input. */
function analyticJacobian(f: Differentiable, inputs: readonly Tensor[], o: number, i: number): Float64Array[] {
  const input = inputs[i] as Tensor;
  return enableGrad(() => {
    const output = list(f(...inputs))[o] as Tensor;
    return Array.from({ length: output.numel() }, (_, row) => {
      if (!requiresGrad(output)) return new Float64Array(input.numel());
      const unit = new Float64Array(output.numel());
      unit[row] = 1;
      const gradOutputs = [fromTypedArray(unit, output.shape).to(output.dtype)];
      const [gradient] = grad(output, [input], { gradOutputs, retainGraph: true, allowUnused: true });
      return gradient ? Float64Array.from(gradient.dataSync()) : new Float64Array(input.numel());
    });
  });
}

function numericJacobian(f: Differentiable, inputs: readonly Tensor[], o: number, i: number, eps: number): Float64Array[] {
  const input = inputs[i] as Tensor;
  const at = (column: number, step: number): Float64Array => {
    const moved = Float64Array.from(input.dataSync());
    moved[column] = (moved[column] as number) + step;
    const replaced = fromTypedArray(moved, input.shape);
    replaced.requiresGrad = true;
    return Float64Array.from((evaluate(f, inputs.with(i, replaced))[o] as Tensor).dataSync());
  };
  const columns = Array.from({ length: input.numel() }, (_, column) => {
    const [above, below] = [at(column, eps), at(column, -eps)];
    return above.map((value, row) => (value - (below[row] as number)) / (2 * eps));
  });
  const rows = (evaluate(f, inputs)[o] as Tensor).numel();
  return Array.from({ length: rows }, (_, row) => Float64Array.from(columns, (column) => column[row] as number));
}

interface Comparison {
  readonly output: number;
  readonly input: number;
  readonly shape: readonly number[];
  readonly atol: number;
  readonly rtol: number;
}

function compare(exact: readonly Float64Array[], approximate: readonly Float64Array[], where: Comparison): void {
  exact.forEach((gradients, row) => {
    gradients.forEach((a, column) => {
      const b = approximate[row]?.[column] as number;
      if (Math.abs(a - b) <= where.atol + where.rtol * Math.abs(b)) return;
      throw new GradientError(
        'gradcheck',
        `output ${where.output}, element ${row}, by input ${where.input} ${formatShape(where.shape)}, element ${column}: ` +
          `autograd says ${a}, the difference quotient ${b}`,
      );
    });
  });
}
