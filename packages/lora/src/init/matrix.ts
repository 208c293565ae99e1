/** Weights and factors as matrices: the one form in which B A is the update of every kind of layer. */
import { eye, type Shape, type Tensor } from '@lowrank/tensor';
import type { Factors, LayerKind } from '../adapters/parts.js';

/**
 * A weight as the matrix [outputs, inputs of each]: Linear [out, in] as it is, Conv2d [out, in * KH * KW], Embedding
 * [embeddingDim, numEmbeddings], because PEFT's factors multiply to the transpose of its table.
 */
export function matrixOf(kind: LayerKind, weight: Tensor): Tensor {
  return kind === 'Embedding' ? weight.transpose() : weight.flatten(1);
}

/**
 * The factors of a layer as matrices: A [r, inputs], B [outputs, r]. Those of a convolution with groups count all of A's
 * inputs, and where B has no weights, between the groups, there are zeros.
 */
export function factorMatrices({ A, B }: Factors): Factors {
  const [r, outputs, own] = [A.shape[0], B.shape[0], B.shape[1]] as [number, number, number];
  if (own === r) return { A: A.flatten(1), B: B.flatten(1) };
  const groups = r / own;
  const diagonal = eye(groups, groups, { dtype: B.dtype, device: B.device }).reshape([groups, 1, groups, 1]);
  const blocks = B.reshape([groups, outputs / groups, 1, own]).mul(diagonal);
  return { A: A.flatten(1), B: blocks.reshape([outputs, r]) };
}

/** Matrices in the shapes of a layer's factors. */
export function inShapes({ A, B }: Factors, shapes: { readonly A: Shape; readonly B: Shape }): Factors {
  return { A: A.reshape(shapes.A), B: B.reshape(shapes.B) };
}
