/** What tensors print of their gradient side, next to PyTorch. */
import { describe, expect, it } from '@jest/globals';
import '@lowrank/autograd';
import { conv2d, ones, svd, tensor } from '@lowrank/tensor';

const x = tensor([1, 2], { requiresGrad: true });

describe('a tensor prints', () => {
  it('that it requires a gradient', () => {
    expect(String(x)).toBe('tensor([1., 2.], requires_grad=True)');
  });

  it('by what op it was recorded', () => {
    expect(String(x.mul(1.5))).toBe('tensor([1.5000, 3.0000], grad_fn=<MulBackward0>)');
    expect(String(x.sum())).toBe('tensor(3., grad_fn=<SumBackward0>)');
    expect(String(x.logSoftmax())).toContain('grad_fn=<LogSoftmaxBackward0>');
    const image = ones([1, 1, 1, 1], { requiresGrad: true });
    expect(String(conv2d(image, ones([1, 1, 1, 1])))).toBe('tensor([[[[1.]]]], grad_fn=<Conv2dBackward0>)');
    expect(String(svd(image.reshape([1, 1])).S)).toBe('tensor([1.], grad_fn=<SvdBackward0>)');
  });

  it('nothing of the kind otherwise', () => {
    expect(String(x.detach())).toBe('tensor([1., 2.])');
    const frozen = tensor([1, 2], { requiresGrad: true });
    frozen.requiresGrad = false;
    expect(String(frozen)).toBe('tensor([1., 2.])');
    frozen.grad = tensor([3, 4]);
    expect(String(frozen)).toBe('tensor([1., 2.])');
  });
});
