/** Initialisations that take A and B out of the base weight, so that the model computes at first what it did before. */
import {
  ArgumentError,
  DeviceError,
  formatShape,
  matmul,
  qr,
  sizeOf,
  svdLowrank,
  type Tensor,
} from '@lowrank/tensor';
import type { Factors, InitialValues, InitRequest } from '../adapters/parts.js';
import { inShapes, matrixOf } from './matrix.js';

/**
 * The largest singular values and their vectors, shared out evenly: W = U S V^T gives B = U sqrt(S / scale) and
 * A = sqrt(S / scale) V^T. What is trained is the part of W that matters most. (PiSSA, Meng et al., 2024)
 * @throws ArgumentError for a scale of 0.
 */
export function pissa(request: InitRequest, op: string): InitialValues {
  const { rank, scale } = request;
  if (scale === 0) throw new ArgumentError(op, "the initialisation 'pissa' needs an alpha above 0");
  return takenOut(request, op, (W) => {
    const { U, S, Vh } = svdLowrank(W, rank);
    const share = S.div(scale).sqrt();
    return { A: Vh.mul(share.unsqueeze(1)), B: U.mul(share) };
  });
}

/** The first r columns of Q and rows of R, where W = Q R. (OLoRA, Büyükakyüz, 2024) */
export function olora(request: InitRequest, op: string): InitialValues {
  return takenOut(request, op, (W) => {
    // Later columns of W change nothing of the first ones of Q.
    const { Q } = qr(W.narrow(1, 0, request.rank));
    return { A: matmul(Q, W, { transposeA: true }), B: Q };
  });
}

/** @throws DeviceError on the GPU, which has no decompositions. */
function takenOut(
  { kind, weight, shapes }: InitRequest,
  op: string,
  factors: (W: Tensor) => Factors,
): InitialValues {
  if (weight.device === 'gpu') {
    throw new DeviceError(
      op,
      'an initialisation that takes A and B out of the weight decomposes it on the CPU, and the model is on the GPU. ' +
        "Add the adapter before model.to('gpu'), or take init 'default', 'gaussian' or 'orthogonal'",
    );
  }
  const W = matrixOf(kind, weight.detach());
  // In a grouped convolution A sees the inputs of all groups, and an output's weight only those of its own.
  if (W.shape[1] !== sizeOf(shapes.A.slice(1))) {
    throw new ArgumentError(
      op,
      `a ${kind} with weight ${formatShape(weight.shape)} and A ${formatShape(shapes.A)} has groups, and its updates are ` +
        "no part of its weight. Take init 'default', 'gaussian' or 'orthogonal'",
    );
  }
  return { ...inShapes(factors(W), shapes), subtracted: true };
}
