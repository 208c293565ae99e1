/** Keeping gradients small. */
import { noGrad } from '@lowrank/autograd';
import { ArgumentError, GradientError, stack, type Tensor, tensor } from '@lowrank/tensor';

function gradientsOf(parameters: Iterable<Tensor>): { readonly parameter: Tensor; readonly grad: Tensor }[] {
  return [...parameters].flatMap((parameter) => (parameter.grad === null ? [] : [{ parameter, grad: parameter.grad }]));
}

export interface ClipNormOptions {
  /** The order of the norm; `Infinity` for the largest element. Default 2. */
  readonly normType?: number;
  /** Throw if the norm is NaN or infinite. Default false. */
  readonly errorIfNonfinite?: boolean;
}

/**
 * Scales all gradients so that the norm of them together is at most `maxNorm`. Returns the norm as it was.
 * `torch.nn.utils.clip_grad_norm_`
 * @throws ArgumentError if maxNorm is not at least 0; GradientError for a norm that is not finite, if asked for.
 */
export function clipGradNorm(parameters: Iterable<Tensor>, maxNorm: number, options: ClipNormOptions = {}): Tensor {
  const { normType = 2, errorIfNonfinite = false } = options;
  if (!(maxNorm >= 0)) throw new ArgumentError('clipGradNorm', `maxNorm is at least 0, got ${maxNorm}`);
  return noGrad(() => {
    const list = gradientsOf(parameters);
    if (list.length === 0) return tensor(0);
    const total = stack(list.map(({ grad }) => grad.norm(undefined, { p: normType }))).norm(undefined, { p: normType });
    if (errorIfNonfinite && !Number.isFinite(total.item())) {
      throw new GradientError('clipGradNorm', `the norm of the gradients is ${total.item()}. Lower the learning rate, or look for the op with detectAnomaly()`);
    }
    const factor = total.add(1e-6).reciprocal().mul(maxNorm).clamp(null, 1);
    for (const { parameter, grad } of list) parameter.grad = grad.mul(factor);
    return total;
  });
}

/**
 * Cuts every element of every gradient to [-clipValue, clipValue]. `torch.nn.utils.clip_grad_value_`
 * @throws ArgumentError if clipValue is not at least 0.
 */
export function clipGradValue(parameters: Iterable<Tensor>, clipValue: number): void {
  if (!(clipValue >= 0)) throw new ArgumentError('clipGradValue', `clipValue is at least 0, got ${clipValue}`);
  noGrad(() => {
    for (const { parameter, grad } of gradientsOf(parameters)) parameter.grad = grad.clamp(-clipValue, clipValue);
  });
}
