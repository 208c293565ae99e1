/**
 * The gradients of activations, each in one pass over its operands: what gradient rules are written in. `g` is the gradient
 * of the activation's result.
 */
import type { Tensor } from '../tensor.js';
import type { Operand } from './operand.js';
import { call } from './scalar-op.js';

/** That of relu, given its result y: g where y is above 0 or NaN, and else 0. `torch.ops.aten.threshold_backward` */
export const reluGrad = (g: Operand, y: Operand): Tensor => call('reluGrad', [g, y]);
/** That of tanh, given its result y: g (1 - y^2). `torch.ops.aten.tanh_backward` */
export const tanhGrad = (g: Operand, y: Operand): Tensor => call('tanhGrad', [g, y]);
/** That of sigmoid, given its result y: g y (1 - y). `torch.ops.aten.sigmoid_backward` */
export const sigmoidGrad = (g: Operand, y: Operand): Tensor => call('sigmoidGrad', [g, y]);
/** That of silu, given its argument x: g s (1 + x (1 - s)) with s = sigmoid(x). `torch.ops.aten.silu_backward` */
export const siluGrad = (g: Operand, x: Operand): Tensor => call('siluGrad', [g, x]);
/** That of gelu, given its argument x: g (Phi(x) + x phi(x)). `torch.ops.aten.gelu_backward` */
export const geluGrad = (g: Operand, x: Operand): Tensor => call('geluGrad', [g, x]);
