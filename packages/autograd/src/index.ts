/** Reverse-mode automatic differentiation over the ops of `@lowrank/tensor`. */
import './gradients.js';

export { detectAnomaly } from './anomaly.js';
export { type BackwardOptions, backward, type GradOptions, grad } from './backward.js';
export { checkpoint } from './checkpoint.js';
export { defineFunction, type FunctionDefinition } from './define-function.js';
export { enableGrad, isGradEnabled, noGrad } from './grad-mode.js';
export { type Differentiable, type GradcheckOptions, gradcheck, gradgradcheck } from './gradcheck.js';
export type { Call, Gradient, Reads, Rule } from './rules/rule.js';
export { RULES } from './rules/table.js';
export type { GradientHook, Node } from './tape.js';
