// All other kernels: compiled for plain SIMD alone, so that their results are the same bits on every machine. Each computes one
// chunk of its output: (p: usize, chunk: i32): void.
export { useScratch } from './scratch';
export { adamStep, sgdStep } from './optimizer';
export { addRows, gatherRows, selectRows } from './indexing';
export { copyRows, fill, transposeStripes } from './strided';
export { reduceRows, reduceColumns, reduceSlabs } from './reduce';
export { argReduceRows, argReduceColumns } from './arg-reduce';
export { cumsumRows, cumsumColumns } from './cumsum';
export { softmaxRows, logSoftmaxRows, softmaxColumns } from './softmax';
export { layerNormRows, layerNormGradRows, squaredDeviationsRows } from './layer-norm';
export { crossEntropyRows, crossEntropyGradRows } from './cross-entropy';
export { absolute as abs, add, ceilOf as ceil, clamp, div, eq, floorOf as floor, ge, gt, isfinite, isinf, isnan, le } from './elementwise';
export { logicalAnd, logicalNot, logicalOr, logicalXor, lt, maximum, minimum, mul, ne, neg, reciprocal } from './elementwise';
export { relu, reluGrad, round, sign, square, squareRoot as sqrt, sub, where } from './elementwise';
export { boolToFloat, floatToBool, floatToInt, intToFloat } from './elementwise';
export { cos, erf, exp, expm1, floorDivide, gelu, geluGrad, geluTanh, log, log1p, pow, remainder } from './elementwise-functions';
export { rsqrt, sigmoid, sigmoidGrad, silu, siluGrad, sin, softplus, tan, tanh, tanhGrad } from './elementwise-functions';
export { avgPool2d, avgPool2dGrad, maxPool2dGrad, maxPool2dIndices } from './pool';
