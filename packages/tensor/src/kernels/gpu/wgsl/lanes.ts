/** Sums that several invocations of a workgroup share: how they are added up. */
import { lines } from './program.js';

/** Shared memory for one sum of each invocation; none where each has a sum to itself. */
export function laneMemory(lanes: number, threads: number, element: 'f32' | 'vec4f'): string {
  return lanes === 1 ? '' : `var<workgroup> sums: array<${element}, ${threads}>;`;
}

/**
 * Statements after which `sum` of lane 0 is the total. Half of the lanes add the other half's sums to theirs, again and again.
 * @param lanes A power of two.
 * @param distance From the invocation of one lane to that of the next.
 */
export function addInSteps(lanes: number, distance: number): string {
  if (lanes === 1) return '';
  const steps = Array.from({ length: Math.log2(lanes) }, (_, i) => lanes >> (i + 1));
  const step = (width: number) => `
  workgroupBarrier();
  if (lane < ${width}u) { sums[thread] += sums[thread + ${width * distance}u]; }`;
  return `
  sums[thread] = sum;
${lines(steps.length, (i) => step(steps[i]))}
  sum = sums[thread];`;
}

/**
 * The same for a workgroup all of which share one sum: subgroups add up their own, and then each of them the sums of all. That is
 * one barrier instead of one for each halving, and takes nothing for granted of who is in which subgroup.
 */
export const addInSubgroups = (threads: number) => `
  let sumOfSubgroup = subgroupAdd(sum);
  sums[thread] = select(0.0, sumOfSubgroup, subgroupLane == 0u);
  workgroupBarrier();
  sum = 0.0;
  for (var i = subgroupLane; i < ${threads}u; i += subgroupSize) { sum += sums[i]; }
  sum = subgroupAdd(sum);`;

/** How many invocations share a sum: the next power of two. */
export function lanesFor(wanted: number, most: number): number {
  return Math.min(most, 2 ** Math.ceil(Math.log2(Math.max(1, wanted))));
}
