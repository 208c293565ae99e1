/** How much of a model is trained. */

import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { addAdapter, Lora, markOnlyLoraAsTrainable, trainableParameters } from '@lowrank/lora';
import { Conv2d, Linear, Module, registerParametrization, Sequential } from '@lowrank/nn';
import { ArgumentError } from '@lowrank/tensor';
import { expectError } from './close.js';

/** The layers of the network that reads handwritten digits. */
class Digits extends Module {
  readonly conv1 = new Conv2d(1, 32, 3);
  readonly conv2 = new Conv2d(32, 64, 3);
  readonly conv3 = new Conv2d(64, 128, 3);
  readonly fc = new Linear(2048, 10);
  forward(): void {}
}

const LINE = 'trainable params: 1,097 || all params: 114,259 || trainable%: 0.9601';

describe('trainableParameters', () => {
  it('counts those of parametrizations', () => {
    const model = new Digits();
    for (const conv of [model.conv1, model.conv2, model.conv3]) {
      registerParametrization(conv, 'weight', new Lora(conv.weight.shape));
    }
    markOnlyLoraAsTrainable(model);
    expect(String(trainableParameters(model))).toBe(LINE);
  });

  it('counts those of adapters, and prints them in PEFT’s words', () => {
    const model = addAdapter(new Digits(), { r: 1, targetModules: /conv/ });
    const count = trainableParameters(model);
    expect([count.trainable, count.all]).toEqual([1097, 114259]);
    expect(count.percent).toBeCloseTo((100 * 1097) / 114259, 10);
    expect(inspect(count)).toBe(LINE);
    expect(`${count}`).toBe(LINE);
  });

  it('counts plain models, and those without parameters', () => {
    expect(String(trainableParameters(new Linear(2, 2)))).toBe(
      'trainable params: 6 || all params: 6 || trainable%: 100.0000',
    );
    expect(String(trainableParameters(new Sequential()))).toBe(
      'trainable params: 0 || all params: 0 || trainable%: 0.0000',
    );
    expectError(() => trainableParameters([] as never), ArgumentError, 'trainableParameters', 'a module');
  });
});
