/** What there is to compute, and how it is called. */

export type Workload =
  /** The product of two square matrices of this size. */
  | { readonly kind: 'matmul'; readonly size: number }
  /** A step of Adam on the MNIST CNN with so many images. */
  | { readonly kind: 'step'; readonly batch: number };

export const MATMULS: readonly Workload[] = [64, 128, 256, 512, 1024, 2048].map((size) => {
  return { kind: 'matmul', size };
});
export const STEPS: readonly Workload[] = [8, 32, 64].map((batch) => ({ kind: 'step', batch }));

/** The name of a workload on the page. */
export function titleOf(workload: Workload): string {
  return workload.kind === 'step'
    ? `Training step, ${workload.batch} images`
    : `Matrix product, ${workload.size} × ${workload.size}`;
}

/** Multiplications and additions, where they are easily counted. */
export function operationsOf(workload: Workload): number | null {
  return workload.kind === 'matmul' ? 2 * workload.size ** 3 : null;
}

/** The largest product that slow contestants compute in less than a second or two. */
const LARGEST = 512;

/** Why slow contestants leave this workload out; `null` if they do not. */
export function reasonAgainst(workload: Workload): string | null {
  if (workload.kind !== 'matmul' || workload.size <= LARGEST) return null;
  return `left out beyond ${LARGEST} × ${LARGEST}, where it takes seconds`;
}
