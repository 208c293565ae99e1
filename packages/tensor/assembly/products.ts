// Kernels of products: compiled for plain and for relaxed SIMD. Each computes one chunk of its output: (p: usize, chunk: i32): void.
export { useScratch } from './scratch';
export { packPanels } from './pack';
export { matmulTiles } from './matmul';
export { matmulRows } from './matmul-rows';
export { conv2d } from './conv2d';
export { conv2dInputGrad } from './conv2d-input-gradient';
export { conv2dWeightSlabs, conv2dWeightSum } from './conv2d-weight-gradient';
export { depthwise, depthwiseInputGrad, depthwiseWeightGrad } from './depthwise';
