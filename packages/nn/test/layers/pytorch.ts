/** Running layers forward and backward, to be compared with PyTorch and with differences. */
import { expect } from '@jest/globals';
import { gradcheck } from '@lowrank/autograd';
import { type Layer, Parameter } from '@lowrank/nn';
import { isFloat, type NestedArray, type Tensor, tensor } from '@lowrank/tensor';
import { expectClose } from '../close.js';

/** What PyTorch says of a layer for one input. */
export interface Expected {
  readonly output: NestedArray<number>;
  /** Of 1 y[0] + 2 y[1] + ..., by the input (`x`) and by each parameter, row by row. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** Expects the output, and the gradients of the input (if it holds floats) and of all parameters. */
export function expectAsPyTorch(layer: Layer, x: Tensor, expected: Expected): void {
  const input = isFloat(x.dtype) ? tensor(x, { requiresGrad: true }) : x;
  const output = layer.forward(input);
  expectClose(output, expected.output);
  const factors = Array.from({ length: output.numel() }, (_, i) => i + 1);
  output.flatten().dot(tensor(factors)).backward();
  const all: [string, Tensor][] = [
    ...(input === x ? [] : [['x', input] as [string, Tensor]]),
    ...layer.namedParameters(),
  ];
  expect(all.map(([name]) => name)).toEqual(Object.keys(expected.gradients));
  for (const [name, { grad, shape }] of all) {
    expect(grad?.shape).toEqual(shape);
    expectClose((grad as Tensor).flatten(), expected.gradients[name] ?? [], 2e-6);
  }
}

/** Compares the gradients of the input and of all parameters with differences, in float64. */
export function gradcheckLayer(layer: Layer, x: Tensor): true {
  layer.to('float64');
  const fields = layer.modules().flatMap((module) =>
    Object.entries(module)
      .filter(([, field]) => field instanceof Parameter)
      .map(([name, field]) => ({ module, name, parameter: field as Parameter })),
  );
  const isTrained = isFloat(x.dtype);
  const input = isTrained ? tensor(x, { dtype: 'float64', requiresGrad: true }) : x;
  const f = (value: Tensor, ...values: Tensor[]) => {
    for (const [i, { module, name }] of fields.entries()) Object.assign(module, { [name]: values[i] });
    return layer.forward(value);
  };
  return gradcheck(f, [input, ...fields.map(({ parameter }) => parameter)]);
}
