/** Gradients of matrix products, decompositions and triangular systems. */
import {
  concat,
  eye,
  type MatmulAttrs,
  matmul,
  solveTriangular,
  sub,
  type Tensor,
  type TriangularAttrs,
  tril,
  triu,
  where,
  zerosLike,
} from '@lowrank/tensor';
import { type Call, type Rule, rule } from './rule.js';

export const linalgRules: Readonly<Record<string, Rule>> = {
  // C = op(A) op(B): dA = dC op(B)^T and dB = op(A)^T dC, transposed again where the operand was.
  matmul: rule(
    'the others',
    (g, { inputs: [a, b], attrs: { transposeA, transposeB } }: Call<MatmulAttrs>) => [
      () =>
        transposeA
          ? matmul(b, g, { transposeA: transposeB, transposeB: true })
          : matmul(g, b, { transposeB: !transposeB }),
      () => {
        // A matrix that a whole batch is multiplied with gets the product of all the batch's rows at once.
        const [x, y] = b.ndim === 2 && !transposeA ? [a.flatten(0, -2), g.flatten(0, -2)] : [a, g];
        return transposeB
          ? matmul(y, x, { transposeA: true, transposeB: transposeA })
          : matmul(x, y, { transposeA: !transposeA });
      },
    ],
  ),
  // y = x W^T + b, over rows: dx = dy W, dW = dy^T x, db = the sum of dy's rows.
  linear: rule([[1], [0], []], (g, { inputs }: Call) => {
    const [x, weight] = inputs;
    const [N, K] = weight.shape as readonly [number, number];
    const M = x.shape.slice(0, -1).reduce((count, length) => count * length, 1);
    const gradients = [
      () => matmul(g, weight),
      () => matmul(g.reshape([M, N]), x.reshape([M, K]), { transposeA: true }),
      () => g.reshape([M, N]).sum(0),
    ];
    // The bias may be missing.
    return gradients.slice(0, inputs.length);
  }),
  svd: rule('output', (_, { outputs: [U, S, Vh], grads }) => svdGradient(U, S, Vh, grads)),
  qr: rule('both', (_, { inputs: [x], outputs: [Q, R], grads }) => qrGradient(x, Q, R, grads)),
  // op(A) X = B: dB = op(A)^-T dX, and op(dA) = -dB X^T, of which A's own triangle counts.
  solveTriangular: rule('both', (g, { inputs: [a], output, attrs }: Call<TriangularAttrs>) => {
    const { upper, transpose } = attrs;
    const solved = () => solveTriangular(a, g, { upper, transpose: !transpose });
    return [
      () => {
        const [left, right] = transpose ? [output, solved()] : [solved(), output];
        const full = matmul(left, right, { transposeB: true }).neg();
        return upper ? triu(full) : tril(full);
      },
      solved,
    ];
  }),
};

/**
 * Townsend, "Differentiating the singular value decomposition" (2016), for reduced factors: with E[j, k] = s_k^2 - s_j^2,
 * dA = U (skew(U^T dU) / E S + S skew(V^T dV) / E + diag(dS)) V^T, plus what of dU and dV lies outside of the spans.
 */
function svdGradient(U: Tensor, S: Tensor, Vh: Tensor, grads: readonly (Tensor | null)[]): Tensor {
  const [gU, gS, gVh] = [grads[0] ?? zerosLike(U), grads[1] ?? zerosLike(S), grads[2] ?? zerosLike(Vh)];
  const K = S.shape.at(-1) as number;
  const identity = eye(K, K, { dtype: 'bool', device: U.device });
  const rows = S.unsqueeze(-1);
  const columns = S.unsqueeze(-2);
  const E = where(identity, 1, sub(columns.square(), rows.square()));
  const skew = (x: Tensor) => x.sub(x.transpose()).div(E);
  const core = skew(matmul(U, gU, { transposeA: true }))
    .mul(columns)
    .add(rows.mul(skew(matmul(Vh, gVh, { transposeB: true }))))
    .add(where(identity, gS.unsqueeze(-1), 0));
  let gradient = matmul(matmul(U, core), Vh);
  if ((U.shape.at(-2) as number) > K) {
    const outside = gU.sub(matmul(U, matmul(U, gU, { transposeA: true })));
    gradient = gradient.add(matmul(outside.div(columns), Vh));
  }
  if ((Vh.shape.at(-1) as number) > K) {
    const outside = gVh.sub(matmul(matmul(gVh, Vh, { transposeB: true }), Vh));
    gradient = gradient.add(matmul(U, outside.div(rows)));
  }
  return gradient;
}

/**
 * Walter and Lehmann, "Algorithmic differentiation of linear algebra functions" (2018), for M >= N: with
 * X = R dR^T - dQ^T Q, whose lower triangle is mirrored, dA = (dQ + Q sym(X)) R^-T. A wide matrix is [A1 A2] = Q [R1 R2]
 * with R2 = Q^T A2, so that A1 has a decomposition of that kind and Q a second way to the result.
 */
function qrGradient(x: Tensor, Q: Tensor, R: Tensor, grads: readonly (Tensor | null)[]): Tensor {
  const [M, N] = [Q.shape.at(-2) as number, R.shape.at(-1) as number];
  const [gQ, gR] = [grads[0] ?? zerosLike(Q), grads[1] ?? zerosLike(R)];
  if (M >= N) return tallQrGradient(Q, R, gQ, gR);
  const first = (each: Tensor) => each.narrow(-1, 0, M);
  const rest = (each: Tensor) => each.narrow(-1, M, N - M);
  const throughRest = matmul(rest(x), rest(gR), { transposeB: true });
  return concat([tallQrGradient(Q, first(R), gQ.add(throughRest), first(gR)), matmul(Q, rest(gR))], -1);
}

function tallQrGradient(Q: Tensor, R: Tensor, gQ: Tensor, gR: Tensor): Tensor {
  const X = matmul(R, gR, { transposeB: true }).sub(matmul(gQ, Q, { transposeA: true }));
  const mirrored = tril(X).add(tril(X, -1).transpose());
  const inner = gQ.add(matmul(Q, mirrored));
  // Y R^-T is the transpose of what R X = Y^T is solved by.
  return solveTriangular(R, inner.transpose(), { upper: true }).transpose();
}
