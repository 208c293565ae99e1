/** ModuleDict, ParameterDict and Identity. */
import { describe, expect, it } from '@jest/globals';
import { Identity, Linear, Module, ModuleDict, Parameter, ParameterDict, Sequential } from '@lowrank/nn';
import { ArgumentError, ones, type Tensor, zeros } from '@lowrank/tensor';
import { expectError } from '../close.js';

class Heads extends Module {
  readonly heads = new ModuleDict({ french: new Linear(2, 3), german: new Linear(2, 4) });
  readonly shifts = new ParameterDict({ french: new Parameter(zeros([3])) });

  forward(x: Tensor, head: string): Tensor {
    return this.heads.get(head)?.forward(x) ?? x;
  }
}

describe('ModuleDict', () => {
  it('has modules by name, which are trained and saved with the module that it stands in', () => {
    const model = new Heads();
    expect([...model.namedParameters()].map(([path]) => path)).toEqual([
      'heads.french.weight',
      'heads.french.bias',
      'heads.german.weight',
      'heads.german.bias',
      'shifts.french',
    ]);
    expect(model.forward(ones([1, 2]), 'german').shape).toEqual([1, 4]);
    expect(model.eval().heads.get('french')?.training).toBe(false);
  });

  it('is changed by name', () => {
    const dict = new ModuleDict({ a: new Identity() });
    const b = new Identity();
    expect(dict.set('b', b).get('b')).toBe(b);
    expect([dict.names(), dict.length, dict.has('a'), dict.has('c')]).toEqual([['a', 'b'], 2, true, false]);
    expect([...dict].map(([name]) => name)).toEqual(['a', 'b']);
    expect([dict.delete('a'), dict.delete('a'), dict.names()]).toEqual([true, false, ['b']]);
    expect(dict.get('a')).toBeUndefined();
    expect(dict.get('training')).toBeUndefined();
    expect(dict.delete('training')).toBe(false);
  });

  it('prints as in PyTorch', () => {
    expect(String(new ModuleDict())).toBe('ModuleDict()');
    expect(String(new ModuleDict({ a: new Identity() }))).toBe('ModuleDict(\n  (a): Identity()\n)');
  });

  it('refuses names that a field cannot have, and what is no module', () => {
    const dict = new ModuleDict({ a: new Identity() });
    for (const name of ['', 'a.b', 'forward', 'training', 'get', 3 as never]) {
      expect(dict.allows(name)).toBe(false);
      expectError(() => dict.set(name, new Identity()), ArgumentError, 'ModuleDict', 'a name');
    }
    expectError(() => dict.set('b', ones([1]) as never), ArgumentError, 'b is a Tensor, not a module');
    expectError(() => new ModuleDict([] as never), ArgumentError, 'ModuleDict');
    expectError(() => dict.forward(), ArgumentError, 'ModuleDict', 'container');
    expect(dict.names()).toEqual(['a']);
  });
});

describe('ParameterDict', () => {
  it('prints as in PyTorch', () => {
    const dict = new ParameterDict({ a: new Parameter(zeros([2, 3])) });
    expect(String(dict)).toBe('ParameterDict(  (a): Parameter containing: [torch.FloatTensor of size 2x3])');
    dict.set('b', new Parameter(zeros([4], { dtype: 'float64' })));
    expect(String(dict)).toBe(`ParameterDict(
    (a): Parameter containing: [torch.FloatTensor of size 2x3]
    (b): Parameter containing: [torch.DoubleTensor of size 4]
)`);
    expect(String(new ParameterDict())).toBe('ParameterDict()');
  });

  it('refuses what is no parameter', () => {
    expectError(
      () => new ParameterDict({ a: zeros([2]) as never }),
      ArgumentError,
      'a is a Tensor, not a Parameter',
    );
  });
});

describe('Identity', () => {
  it('gives back what it is given', () => {
    const x = ones([2]);
    expect(new Sequential(new Identity()).forward(x)).toBe(x);
  });
});
