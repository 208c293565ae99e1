/** Every rule where only one of its inputs is trained, so that it keeps no more than it reads for that one. */
import { describe, expect, it } from '@jest/globals';
import { grad } from '@lowrank/autograd';
import { fromTypedArray, type Tensor } from '@lowrank/tensor';
import { OP_SAMPLES, type Sample } from './samples/index.js';

/** A number that depends on every element of the result, each with a weight of its own. */
function weighted(output: Tensor): Tensor {
  const weights = Float64Array.from({ length: output.numel() }, (_, i) => Math.cos(i));
  return output.mul(fromTypedArray(weights, output.shape)).sum();
}

function gradientsOf({ f }: Sample, inputs: readonly Tensor[]): (number[] | undefined)[] {
  const total = [f(...inputs)]
    .flat()
    .map(weighted)
    .reduce((a, b) => a.add(b));
  const trained = inputs.filter((input) => input.requiresGrad);
  return grad(total, trained).map((g) => Array.from(g.dataSync()));
}

const withSeveralInputs = Object.entries(OP_SAMPLES).flatMap(([name, samples]) =>
  samples
    .filter(({ inputs }) => inputs.filter((x) => x.requiresGrad).length > 1)
    .map((sample) => [name, sample.about, sample] as const),
);

describe('the gradient of one input is the same whether the others are trained or not', () => {
  it.each(withSeveralInputs)('%s: %s', (_name, _about, sample) => {
    const together = gradientsOf(sample, sample.inputs);
    const alone = sample.inputs.flatMap((x, i) =>
      gradientsOf(sample, sample.inputs.map((y) => y.detach()).with(i, x)),
    );
    expect(alone).toEqual(together);
  });
});
