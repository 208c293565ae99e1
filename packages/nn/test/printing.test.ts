/** The printed form of modules: PyTorch's, letter by letter. */
import { describe, expect, it } from '@jest/globals';
import {
  AvgPool2d,
  Conv2d,
  Dropout,
  Embedding,
  Flatten,
  GELU,
  LayerNorm,
  Linear,
  MaxPool2d,
  Module,
  Parameter,
  ReLU,
  registerParametrization,
  Sequential,
  Sigmoid,
  SiLU,
  Tanh,
} from '@lowrank/nn';
import { matmul, ones, type Tensor, zeros } from '@lowrank/tensor';

describe('the printed form', () => {
  it.each<readonly [Module, string]>([
    [new Linear(3, 2), 'Linear(in_features=3, out_features=2, bias=True)'],
    [new Linear(3, 2, { bias: false }), 'Linear(in_features=3, out_features=2, bias=False)'],
    [
      new Conv2d(1, 32, 3, { stride: 2, padding: 1 }),
      'Conv2d(1, 32, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))',
    ],
    [new Conv2d(4, 8, [3, 5]), 'Conv2d(4, 8, kernel_size=(3, 5), stride=(1, 1))'],
    [
      new Conv2d(4, 8, 3, { padding: 'same', dilation: 2, groups: 2, bias: false }),
      'Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1), padding=same, dilation=(2, 2), groups=2, bias=False)',
    ],
    [
      new Conv2d(4, 8, 3, { padding: 'valid', dilation: [1, 2] }),
      'Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1), padding=valid, dilation=(1, 2))',
    ],
    [
      new Conv2d(4, 8, 3, { stride: [2, 1], padding: [0, 1] }),
      'Conv2d(4, 8, kernel_size=(3, 3), stride=(2, 1), padding=(0, 1))',
    ],
    [new Embedding(10, 3), 'Embedding(10, 3)'],
    [new LayerNorm(8), 'LayerNorm((8,), eps=1e-05, elementwise_affine=True)'],
    [new LayerNorm([2, 3], { eps: 1e-3 }), 'LayerNorm((2, 3), eps=0.001, elementwise_affine=True)'],
    [
      new LayerNorm(8, { eps: 1e-6, elementwiseAffine: false }),
      'LayerNorm((8,), eps=1e-06, elementwise_affine=False)',
    ],
    [new LayerNorm(8, { eps: 1e-4 }), 'LayerNorm((8,), eps=0.0001, elementwise_affine=True)'],
    [new LayerNorm(8, { eps: 2.5e-7 }), 'LayerNorm((8,), eps=2.5e-07, elementwise_affine=True)'],
    [new LayerNorm(8, { eps: 1e20 }), 'LayerNorm((8,), eps=1e+20, elementwise_affine=True)'],
    [new Dropout(), 'Dropout(p=0.5, inplace=False)'],
    [new Dropout(0.1), 'Dropout(p=0.1, inplace=False)'],
    [new Dropout(0), 'Dropout(p=0, inplace=False)'],
    [new Dropout(1e-5), 'Dropout(p=1e-05, inplace=False)'],
    [new Flatten(), 'Flatten(start_dim=1, end_dim=-1)'],
    [new Flatten(0, 2), 'Flatten(start_dim=0, end_dim=2)'],
    [new ReLU(), 'ReLU()'],
    [new GELU(), "GELU(approximate='none')"],
    [new GELU({ approximate: 'tanh' }), "GELU(approximate='tanh')"],
    [new SiLU(), 'SiLU()'],
    [new Sigmoid(), 'Sigmoid()'],
    [new Tanh(), 'Tanh()'],
    [new MaxPool2d(2), 'MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)'],
    [
      new MaxPool2d([3, 2], { stride: 2, padding: 1, dilation: [1, 2], ceilMode: true }),
      'MaxPool2d(kernel_size=(3, 2), stride=2, padding=1, dilation=(1, 2), ceil_mode=True)',
    ],
    [new AvgPool2d(2), 'AvgPool2d(kernel_size=2, stride=2, padding=0)'],
    [new AvgPool2d(3, { stride: 2, padding: 1 }), 'AvgPool2d(kernel_size=3, stride=2, padding=1)'],
    [new AvgPool2d([2, 3], { stride: [1, 2] }), 'AvgPool2d(kernel_size=(2, 3), stride=(1, 2), padding=0)'],
    [new Sequential(), 'Sequential()'],
  ])('of %s is that of PyTorch', (module, expected) => {
    expect(module.toString()).toBe(expected);
  });

  it('of nested modules is indented', () => {
    const model = new Sequential(new Linear(2, 3), new Sequential(new ReLU(), new Flatten()));
    expect(String(model)).toBe(`Sequential(
  (0): Linear(in_features=2, out_features=3, bias=True)
  (1): Sequential(
    (0): ReLU()
    (1): Flatten(start_dim=1, end_dim=-1)
  )
)`);
  });

  it('shows arrays of modules as ModuleList, and remarks of several lines', () => {
    class Plain extends Module {
      forward(): void {}
      override extraRepr(): string {
        return 'width=2\ndepth=2';
      }
    }
    class Block extends Plain {
      readonly layers = [new Linear(2, 2), new ReLU()];
      readonly heads = [[new Tanh()], [new ReLU(), new Sequential(new Tanh())]];
      readonly scale = new Parameter(ones([2]));
      readonly sizes = [1, 2];
    }
    expect(String(new Plain())).toBe('Plain(\n  width=2\n  depth=2\n)');
    expect(String(new Block())).toBe(`Block(
  width=2
  depth=2
  (layers): ModuleList(
    (0): Linear(in_features=2, out_features=2, bias=True)
    (1): ReLU()
  )
  (heads): ModuleList(
    (0): ModuleList(
      (0): Tanh()
    )
    (1): ModuleList(
      (0): ReLU()
      (1): Sequential(
        (0): Tanh()
      )
    )
  )
)`);
  });

  it('is what console.log shows', () => {
    const inspect = Reflect.get(new ReLU(), Symbol.for('nodejs.util.inspect.custom')) as () => string;
    expect(inspect.call(new ReLU())).toBe('ReLU()');
  });

  it('of the network of the notebook, with and without LoRA, is that of PyTorch', () => {
    class LoRA extends Module {
      readonly lora_A: Parameter;
      readonly lora_B: Parameter;
      constructor([d, ...rest]: readonly number[]) {
        super();
        this.lora_A = new Parameter(zeros([1, d as number]));
        this.lora_B = new Parameter(zeros([rest.reduce((a, b) => a * b), 1]));
      }
      forward(weight: Tensor): Tensor {
        return weight.add(matmul(this.lora_B, this.lora_A).reshape(weight.shape));
      }
    }
    class Network extends Module {
      readonly conv1 = new Conv2d(1, 32, 3, { stride: 2, padding: 1 });
      readonly conv2 = new Conv2d(32, 64, 3, { stride: 2, padding: 1 });
      readonly conv3 = new Conv2d(64, 128, 3, { stride: 2, padding: 1 });
      readonly flatten = new Flatten();
      readonly fc = new Linear(128 * 4 * 4, 10);
      forward(): void {}
    }
    const net = new Network();
    expect(String(net)).toBe(`Network(
  (conv1): Conv2d(1, 32, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
  (conv2): Conv2d(32, 64, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
  (conv3): Conv2d(64, 128, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
  (flatten): Flatten(start_dim=1, end_dim=-1)
  (fc): Linear(in_features=2048, out_features=10, bias=True)
)`);
    for (const conv of [net.conv1, net.conv2, net.conv3]) {
      registerParametrization(conv, 'weight', new LoRA(conv.weight.shape));
    }
    expect(String(net)).toBe(`Network(
  (conv1): ParametrizedConv2d(
    1, 32, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1)
    (parametrizations): ModuleDict(
      (weight): ParametrizationList(
        (0): LoRA()
      )
    )
  )
  (conv2): ParametrizedConv2d(
    32, 64, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1)
    (parametrizations): ModuleDict(
      (weight): ParametrizationList(
        (0): LoRA()
      )
    )
  )
  (conv3): ParametrizedConv2d(
    64, 128, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1)
    (parametrizations): ModuleDict(
      (weight): ParametrizationList(
        (0): LoRA()
      )
    )
  )
  (flatten): Flatten(start_dim=1, end_dim=-1)
  (fc): Linear(in_features=2048, out_features=10, bias=True)
)`);
  });
});
