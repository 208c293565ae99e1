/** The dimensions that the heavy kernels are handed next to their flat arrays. */

/** C[i] = op(A[i]) · op(B[i]) for each batch i; op(A) is [M, K], op(B) is [K, N], C is [batch, M, N]. */
export interface MatmulDims {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  /** A is stored as [K, M]. */
  readonly transposeA: boolean;
  /** B is stored as [N, K]. */
  readonly transposeB: boolean;
  /** The element at which each batch's matrix starts; both have one entry per batch. */
  readonly offsetsA: readonly number[];
  readonly offsetsB: readonly number[];
}

/** How a window slides over the rows and columns of a plane: what convolution and pooling have in common. */
export interface WindowDims {
  readonly H: number;
  readonly W: number;
  readonly outH: number;
  readonly outW: number;
  readonly strideH: number;
  readonly strideW: number;
  /** Rows above the plane and columns left of it; the padding below and right follows from outH and outW. */
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilationH: number;
  readonly dilationW: number;
}

/** x is [N, C, H, W], the weight [O, C / groups, KH, KW], the output [N, O, outH, outW]. */
export interface Conv2dDims extends WindowDims {
  readonly N: number;
  readonly C: number;
  readonly O: number;
  readonly KH: number;
  readonly KW: number;
  readonly groups: number;
}

/** x is [planes, H, W], the output [planes, outH, outW], with one plane per image and channel. */
export interface PoolDims extends WindowDims {
  readonly planes: number;
  readonly kernelH: number;
  readonly kernelW: number;
}

export interface AvgPoolDims extends PoolDims {
  /** Whether the padding counts as zeros that take part in the mean. */
  readonly countIncludePad: boolean;
  /** What each sum is divided by, instead of the number of elements under the window. */
  readonly divisorOverride: number | null;
}
