/** What the kernels that move parameters are told: the options of an optimiser's step, and the plain numbers in its formula. */

/** The options of a step of Adam or AdamW. */
export type AdamStepOptions = {
  /** Which step of these parameters it is; the first is 1. */
  readonly step: number;
  readonly lr: number;
  /** Decay of the running means of the gradient and of its square. */
  readonly betas: readonly [number, number];
  /** Added to the denominator. */
  readonly eps: number;
  readonly weightDecay: number;
  /** Whether the weight decays by itself (AdamW), and not as a penalty in the gradient (Adam). */
  readonly decoupled: boolean;
  /** Whether to divide by the largest mean square so far. */
  readonly amsgrad: boolean;
  /** Climb instead of descend. */
  readonly maximize: boolean;
};

/** The options of a step of gradient descent with momentum. */
export type SgdStepOptions = {
  readonly lr: number;
  /** How much of the previous step goes on. */
  readonly momentum: number;
  /** How much less than all of the gradient is added to the momentum. */
  readonly dampening: number;
  /** The L2 penalty. */
  readonly weightDecay: number;
  /** Look ahead along the momentum. */
  readonly nesterov: boolean;
  /** Climb instead of descend. */
  readonly maximize: boolean;
};

/** The plain numbers in Adam's formula. */
export interface AdamRates {
  /** What is left of the parameter itself. */
  readonly left: number;
  /** The part of the parameter in the gradient. */
  readonly penalty: number;
  /** lr / (1 - beta1^t) */
  readonly stepSize: number;
  /** sqrt(1 - beta2^t) */
  readonly correction: number;
}

/** Kingma and Ba (2015), Algorithm 1, arranged as PyTorch does: the corrections of the bias are plain numbers. */
export function adamRates({ step, lr, betas, weightDecay, decoupled }: AdamStepOptions): AdamRates {
  const [beta1, beta2] = betas;
  return {
    left: decoupled ? 1 - lr * weightDecay : 1,
    penalty: decoupled ? 0 : weightDecay,
    stepSize: lr / (1 - beta1 ** step),
    correction: Math.sqrt(1 - beta2 ** step),
  };
}
