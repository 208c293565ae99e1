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

/** The largest size of each kind of work that somebody computes in less than a second or two. */
export type Limits = Readonly<Record<Workload['kind'], number>>;

/** Whether the work is within the limits. */
export function isWithin(workload: Workload, limits: Limits): boolean {
  return (workload.kind === 'matmul' ? workload.size : workload.batch) <= limits[workload.kind];
}
