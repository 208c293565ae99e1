/** Switching recording off and on. */
import { describe, expect, it } from '@jest/globals';
import { enableGrad, isGradEnabled, noGrad } from '@lowrank/autograd';
import { ArgumentError, GradientError, tensor } from '@lowrank/tensor';

const x = tensor([1, 2], { requiresGrad: true });

describe('noGrad and enableGrad', () => {
  it('switch recording off and on for what runs inside of them', () => {
    expect(x.square().requiresGrad).toBe(true);
    expect(noGrad(() => x.square().requiresGrad)).toBe(false);
    expect(noGrad(() => enableGrad(() => x.square().requiresGrad))).toBe(true);
  });

  it('nest, and give back what was before', () => {
    const seen: boolean[] = [];
    noGrad(() => {
      enableGrad(() => {
        seen.push(isGradEnabled());
        noGrad(() => seen.push(isGradEnabled()));
        seen.push(isGradEnabled());
      });
      seen.push(isGradEnabled());
    });
    seen.push(isGradEnabled());
    expect(seen).toEqual([true, false, true, false, true]);
  });

  it('give what the function returns', () => {
    expect(noGrad(() => 'result')).toBe('result');
    expect(enableGrad(() => undefined)).toBeUndefined();
  });

  it('are over when the function throws', () => {
    const fail = () => {
      throw new Error('inside');
    };
    expect(() => noGrad(fail)).toThrow('inside');
    expect(isGradEnabled()).toBe(true);
    noGrad(() => {
      expect(() => enableGrad(fail)).toThrow('inside');
      expect(isGradEnabled()).toBe(false);
    });
  });

  it('refuse asynchronous functions, whose mode would leak into whatever runs while they wait', () => {
    expect(() => noGrad(async () => 1)).toThrow(
      new GradientError(
        'noGrad',
        'takes a synchronous function. Await first, and wrap the parts between the awaits',
      ),
    );
    expect(() => enableGrad(() => Promise.resolve())).toThrow(GradientError);
    expect(isGradEnabled()).toBe(true);
  });

  it('refuse what is no function', () => {
    expect(() => noGrad(x as unknown as () => void)).toThrow(ArgumentError);
  });

  it('leave tensors that are made inside free to require gradients', () => {
    const inside = noGrad(() => tensor([3], { requiresGrad: true }));
    expect(inside.requiresGrad).toBe(true);
    inside.square().backward();
    expect(inside.grad?.tolist()).toEqual([6]);
  });
});
