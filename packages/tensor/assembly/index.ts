// All kernels. Each has the signature (p: usize, chunk: i32): void and computes one chunk of its output.
export { useScratch } from './scratch';
export { packPanels } from './pack';
export { matmulTiles, matmulRows } from './matmul';
