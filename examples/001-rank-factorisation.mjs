// What a matrix of rank 2 needs: its singular value decomposition gives two thin factors that do all it does.
// @ts-check

import { manualSeed, matrixRank, randn, setPrintOptions, svd } from 'lowrank';

manualSeed(0);
setPrintOptions({ sciMode: false });

const W = randn([10, 2]).matmul(randn([2, 10]));
const rank = matrixRank(W).item();
console.log(`W\n${W}\nThe rank of W is ${rank}.`);

// W = U diag(S) Vh; all singular values but the first `rank` are zero up to rounding.
const { U, S, Vh } = svd(W);
console.log(`\nIts singular values\n${S}`);
const B = U.narrow(1, 0, rank).mul(S.narrow(0, 0, rank));
const A = Vh.narrow(0, 0, rank);
console.log(
  `\nB = U_r S_r has the shape [${B.shape.join(', ')}], A = V_r^T the shape [${A.shape.join(', ')}].`,
);

const bias = randn([10]);
const x = randn([10]);
const y = W.matmul(x).add(bias);
const factorised = B.matmul(A.matmul(x)).add(bias);
console.log(`\ny = W x + b\n${y}\n\ny = B A x + b\n${factorised}`);

const elements = { W: W.numel(), BA: B.numel() + A.numel() };
console.log(`\nElements of W: ${elements.W}; of B and A together: ${elements.BA}.`);

export const results = {
  rank,
  singularValues: S.tolist(),
  shapes: { B: B.shape, A: A.shape },
  y: y.tolist(),
  factorised: factorised.tolist(),
  maxDifference: y.sub(factorised).abs().amax().item(),
  elements,
};
