/** Keeping gradients small. */
import { gradientOf, noGrad } from '@lowrank/autograd';
import { ArgumentError, cast, div, formatValue, GradientError, stack, Tensor, tensor } from '@lowrank/tensor';
import { checkOptions } from '../checks.js';
import { parametersOf } from './parameters.js';

export interface ClipNormOptions {
  /** The order of the norm; `Infinity` for the largest element. Default 2. */
  readonly normType?: number;
  /** Throw if the norm is NaN or infinite. Default false. */
  readonly errorIfNonfinite?: boolean;
}

/**
 * Scales all gradients so that the norm of them together is at most `maxNorm`. Returns the norm as it was.
 * `torch.nn.utils.clip_grad_norm_`
 * @param parameters One or several; those without a gradient are passed over.
 * @throws ArgumentError if maxNorm is not at least 0 or the order is no number; GradientError for a norm that is not
 * finite, if asked for.
 */
export function clipGradNorm(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  options: ClipNormOptions = {},
): Tensor {
  checkOptions('clipGradNorm', options);
  const { normType = 2, errorIfNonfinite = false } = options;
  checkLimit('clipGradNorm', 'maxNorm', maxNorm);
  if (typeof normType !== 'number' || Number.isNaN(normType)) {
    throw new ArgumentError('clipGradNorm', `normType is a number or Infinity, got ${formatValue(normType)}`);
  }
  const clipped = withGradient('clipGradNorm', parameters);
  return noGrad(() => {
    const total = totalNorm(
      clipped.map(({ grad }) => grad),
      normType,
    );
    if (errorIfNonfinite && !Number.isFinite(total.item())) {
      throw new GradientError(
        'clipGradNorm',
        `the norm of the gradients is ${total.item()}. Lower the learning rate, or look for the loss that is not finite`,
      );
    }
    const factor = div(maxNorm, total.add(1e-6)).clamp(null, 1);
    for (const { parameter, grad } of clipped) parameter.grad = grad.mul(cast(factor, grad.dtype));
    return total;
  });
}

/** The norm of all gradients as one vector; that of no numbers is 0. */
function totalNorm(gradients: readonly Tensor[], p: number): Tensor {
  const norms = gradients.filter((grad) => grad.numel() > 0).map((grad) => grad.norm(undefined, { p }));
  const dtype = norms.some((norm) => norm.dtype === 'float64') ? 'float64' : 'float32';
  if (norms.length === 0) return tensor(0, { dtype, device: gradients[0]?.device ?? 'cpu' });
  return stack(norms.map((norm) => cast(norm, dtype))).norm(undefined, { p });
}

/**
 * Cuts every element of every gradient to [-clipValue, clipValue]. `torch.nn.utils.clip_grad_value_`
 * @param parameters One or several; those without a gradient are passed over.
 * @throws ArgumentError if clipValue is not at least 0.
 */
export function clipGradValue(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  checkLimit('clipGradValue', 'clipValue', clipValue);
  const clipped = withGradient('clipGradValue', parameters);
  noGrad(() => {
    for (const { parameter, grad } of clipped) parameter.grad = grad.clamp(-clipValue, clipValue);
  });
}

function checkLimit(op: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0) return;
  throw new ArgumentError(op, `${name} is a number of at least 0, got ${formatValue(value)}`);
}

interface WithGradient {
  readonly parameter: Tensor;
  readonly grad: Tensor;
}

function withGradient(op: string, parameters: Tensor | Iterable<Tensor>): WithGradient[] {
  const list = parameters instanceof Tensor ? [parameters] : parametersOf(op, parameters);
  return list.flatMap((parameter) => {
    const grad = gradientOf(parameter);
    return grad === null ? [] : [{ parameter, grad }];
  });
}
