/** Errors that come out of modules: their message names the module's path, and only theirs. */
import { describe, expect, it } from '@jest/globals';
import { Conv2d, Linear, Module, ReLU, registerParametrization, Sequential } from '@lowrank/nn';
import { ones, ShapeError, type Tensor } from '@lowrank/tensor';

function errorOf(f: () => unknown): Error {
  try {
    f();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

class Block extends Module {
  readonly conv = new Conv2d(3, 8, 3);
  forward(x: Tensor): Tensor {
    return this.conv.forward(x);
  }
}

class Net extends Module {
  readonly layers = [new ReLU(), new ReLU(), new Block()];
  forward(x: Tensor): Tensor {
    return this.layers.reduce<Tensor>((value, layer) => layer.forward(value), x);
  }
}

const wrong = ones([1, 4, 5, 5]);

describe('an error inside of a module', () => {
  it('names the path of the module, also in nested ones', () => {
    const alone = errorOf(() => new Conv2d(3, 8, 3).forward(wrong));
    const inNet = errorOf(() => new Net().forward(wrong));
    expect(alone).toBeInstanceOf(ShapeError);
    expect(inNet).toBeInstanceOf(ShapeError);
    expect(inNet.message).toBe(`${alone.message} (in layers.2.conv)`);
  });

  it('counts from the outermost module that was running', () => {
    const net = new Net();
    const deep = new Sequential(new ReLU(), new Sequential(net));
    expect(errorOf(() => deep.forward(wrong)).message).toMatch(/ \(in 1\.0\.layers\.2\.conv\)$/);
    expect(errorOf(() => net.layers[2].forward(wrong)).message).toMatch(/ \(in conv\)$/);
  });

  it('names the module whose own code was wrong, not those that it has called before', () => {
    class Head extends Module {
      readonly body = new ReLU();
      forward(x: Tensor): Tensor {
        return this.body.forward(x).matmul(ones([3, 3]));
      }
    }
    const model = new Sequential(new ReLU(), new Head());
    expect(errorOf(() => model.forward(ones([2, 2]))).message).toMatch(/^matmul: .* \(in 1\)$/);
    expect(errorOf(() => new Head().forward(ones([2, 2]))).message).not.toContain('(in');
  });

  it('tells it in the stack as well, which is what is printed', () => {
    const { stack } = errorOf(() => new Net().forward(wrong));
    expect(stack?.split('\n')[0]).toMatch(/^ShapeError: conv2d: .* \(in layers\.2\.conv\)$/);
    expect(stack?.match(/\(in layers/g)).toHaveLength(1);
  });

  it('follows the calls where a module stands in several places', () => {
    const shared = new Linear(2, 2);
    const model = new Sequential(new Sequential(shared), new Sequential(new Linear(2, 3), shared));
    expect(errorOf(() => model.forward(ones([1, 2]))).message).toMatch(/ \(in 1\.1\)$/);
  });

  it('passes over modules that stand in no field', () => {
    class Hidden extends Module {
      readonly #inner = new Net();
      forward(x: Tensor): Tensor {
        return this.#inner.forward(x);
      }
    }
    expect(errorOf(() => new Hidden().forward(wrong)).message).toMatch(/ \(in layers\.2\.conv\)$/);
  });

  it('names parametrizations', () => {
    class Narrowing extends Module {
      narrow = false;
      forward(weight: Tensor): Tensor {
        return this.narrow ? weight.reshape([7]) : weight.mul(1);
      }
    }
    const narrowing = new Narrowing();
    const layer = registerParametrization(new Linear(2, 2), 'weight', narrowing);
    narrowing.narrow = true;
    expect(errorOf(() => new Sequential(layer).forward(ones([1, 2]))).message).toMatch(
      / \(in 0\.parametrizations\.weight\.0\)$/,
    );
  });

  it('says it once where a class calls the forward that it inherits', () => {
    class Child extends Net {
      override forward(x: Tensor): Tensor {
        return super.forward(x);
      }
    }
    const { message } = errorOf(() => new Sequential(new Child()).forward(wrong));
    expect(message).toMatch(/ \(in 0\.layers\.2\.conv\)$/);
    expect(message.match(/\(in/g)).toHaveLength(1);
  });

  it("is left as it is if it is not one of lowrank's", () => {
    const error = new RangeError('mine');
    class Failing extends Module {
      forward(): never {
        throw error;
      }
    }
    class Around extends Module {
      readonly inner = new Failing();
      forward(): never {
        return this.inner.forward();
      }
    }
    expect(errorOf(() => new Around().forward())).toBe(error);
    expect(error.message).toBe('mine');
  });
});

describe('a forward that reports errors', () => {
  it('is that of the class, made once, and returns what the class returns', () => {
    new Net();
    const { forward } = Net.prototype;
    new Net();
    expect(Net.prototype.forward).toBe(forward);
    expect(Object.keys(new Net())).not.toContain('forward');
    expect(new Net().forward(ones([1, 3, 5, 5])).shape).toEqual([1, 8, 3, 3]);
  });

  it('leaves classes alone whose forward cannot be replaced', () => {
    class Frozen extends Module {
      forward(x: Tensor): Tensor {
        return x.matmul(x);
      }
    }
    Object.freeze(Frozen.prototype);
    expect(errorOf(() => new Sequential(new Frozen()).forward(ones([1, 2]))).message).toMatch(/^matmul: /);
  });
});
