/** Every kind of layer with every option: what it computes, switched on and off, merged and unmerged. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { gradcheck } from '@lowrank/autograd';
import {
  type AdaptedLayer,
  addAdapter,
  deleteAdapter,
  disableAdapters,
  enableAdapters,
  loraParameters,
  merge,
  mergeAndUnload,
  setAdapter,
  unload,
  unmerge,
  withAdaptersDisabled,
} from '@lowrank/lora';
import { Dropout, Embedding, kaimingUniform, Linear, type Module, Parameter, Sequential } from '@lowrank/nn';
import {
  linear as functional,
  manualSeed,
  matmul,
  type NestedArray,
  norm,
  type Tensor,
  tensor,
  zeros,
} from '@lowrank/tensor';
import type { Factors, Magnitude } from '../../src/adapters/parts.js';
import { expectClose } from '../close.js';
import { addLearned, bits, CASES, KINDS, modelOf } from './models.js';

beforeEach(() => {
  manualSeed(42);
});

function adaptedLayerOf(model: Sequential): AdaptedLayer {
  return model[0] as unknown as AdaptedLayer;
}

function nested(x: Tensor): NestedArray<number> {
  return x.tolist() as NestedArray<number>;
}

describe('an adapted layer', () => {
  it.each(CASES)('begins as the base layer, unless it is drawn at random: %s', (_, kind, options) => {
    const model = modelOf(kind);
    const x = kind.batch();
    const before = model.forward(x);
    addAdapter(model, { r: 2, targetModules: ['0'], ...options });
    if (options.init === false) expect(bits(model.forward(x))).not.toEqual(bits(before));
    else expectClose(model.forward(x), nested(before), 1e-5);
  });

  it.each(CASES)('computes merged what it does unmerged: %s', (_, kind, options) => {
    const model = modelOf(kind);
    const x = kind.batch();
    const before = model.forward(x);
    addLearned(model, options);
    const adapted = model.forward(x);
    expect(bits(adapted)).not.toEqual(bits(before));
    merge(model);
    expectClose(model.forward(x), nested(adapted), 1e-5);
    mergeAndUnload(model);
    expect(model[0]?.constructor.name).toBe(kind.make().constructor.name);
    expectClose(model.forward(x), nested(adapted), 1e-5);
  });

  it.each(CASES)(
    'is the base layer, to the bit, when switched off, unmerged or unloaded: %s',
    (_, kind, options) => {
      const model = modelOf(kind);
      const layer = model[0];
      const x = kind.batch();
      const before = bits(model.forward(x));
      addLearned(model, options);
      expect(withAdaptersDisabled(model, () => bits(model.forward(x)))).toEqual(before);
      const adapted = bits(model.forward(x));
      merge(model);
      unmerge(model);
      expect(bits(model.forward(x))).toEqual(adapted);
      disableAdapters(model);
      expect(bits(model.forward(x))).toEqual(before);
      enableAdapters(model);
      expect(bits(model.forward(x))).toEqual(adapted);
      unload(model);
      expect(model[0]).toBe(layer);
      expect(bits(model.forward(x))).toEqual(before);
    },
  );

  it.each(CASES)('never copies the base weight: %s', (_, kind, options) => {
    const model = modelOf(kind);
    const { weight } = model[0] as unknown as { weight: Tensor };
    const { storage } = weight;
    for (const name of ['a', 'b', 'c']) addLearned(model, { ...options, bias: 'none' }, name);
    for (const name of ['a', 'b', 'c']) {
      setAdapter(model, name);
      model.forward(kind.batch());
      expect(adaptedLayerOf(model).base_layer.weight).toBe(weight);
      expect(weight.storage).toBe(storage);
    }
    for (const name of ['a', 'b', 'c']) deleteAdapter(model, name);
    expect(weight.storage).toBe(storage);
  });

  // The other options change numbers, not how the output follows from A and B.
  const withOwnFormula = CASES.filter(([name]) => /(default|stabilised|with DoRA|PiSSA)$/.test(name));
  it.each(withOwnFormula)('has gradients that agree with differences in float64: %s', (_, kind, options) => {
    const model = modelOf(kind);
    addLearned(model, options);
    model.to('float64');
    const x = kind.batch();
    const batch = x.dtype === 'int32' ? x : x.to('float64');
    const layer = adaptedLayerOf(model);
    // DoRA takes the lengths for constants: A and B have other slopes than differences show, its magnitudes the same.
    const holders = options.useDora
      ? [layer.lora_magnitude_vector]
      : [...layer.namedChildren()].map(([, child]) => child);
    const fields = holders
      .flatMap((holder) => fieldsWithParameters(holder))
      .filter(([, , value]) => value.requiresGrad);
    const f = (...values: readonly Tensor[]) => {
      for (const [i, [holder, key]] of fields.entries()) Object.assign(holder, { [key]: values[i] });
      return model.forward(batch);
    };
    expect(fields.length).toBeGreaterThan(0);
    expect(
      gradcheck(
        f,
        fields.map(([, , value]) => value),
      ),
    ).toBe(true);
  });

  function fieldsWithParameters(
    module: Module,
  ): (readonly [holder: object, key: string, value: Parameter])[] {
    return module
      .modules()
      .flatMap((holder) =>
        Object.entries(holder).flatMap(([key, value]) =>
          value instanceof Parameter ? [[holder, key, value] as const] : [],
        ),
      );
  }
});

describe('several adapters of a layer', () => {
  it.each(CASES)('add up, in any order, merged and unmerged: %s', (_, kind, options) => {
    const model = modelOf(kind);
    const x = kind.batch();
    const before = model.forward(x);
    addLearned(model, { ...options, bias: 'none' }, 'a');
    addLearned(model, { alpha: 3 }, 'b');
    const updateOf = (names: string[]) => {
      setAdapter(model, names);
      return model.forward(x).sub(before);
    };
    const sum = updateOf(['a']).add(updateOf(['b']));
    expectClose(updateOf(['b', 'a']), nested(sum), 1e-5);
    expectClose(updateOf(['a', 'b']), nested(sum), 1e-5);
    merge(model);
    expectClose(model.forward(x).sub(before), nested(sum), 1e-5);
  });

  it.each(KINDS.map((kind) => [kind.name, kind] as const))(
    'with DoRA compute merged what they do unmerged: two on one %s',
    (_, kind) => {
      const model = modelOf(kind);
      const x = kind.batch();
      for (const name of ['a', 'b']) addLearned(model, { useDora: true }, name);
      setAdapter(model, ['a', 'b']);
      const adapted = model.forward(x);
      merge(model);
      expectClose(model.forward(x), nested(adapted), 1e-5);
    },
  );
});

describe('dropout', () => {
  const [linear] = KINDS;

  it('drops inputs of A in training alone', () => {
    const model = modelOf(linear as (typeof KINDS)[number]);
    addLearned(model, { dropout: 0.5 });
    expect(adaptedLayerOf(model).lora_dropout.get('default')).toBeInstanceOf(Dropout);
    const x = (linear as (typeof KINDS)[number]).batch();
    const calm = bits(model.forward(x));
    expect(bits(model.forward(x))).toEqual(calm);
    model.train();
    expect(bits(model.forward(x))).not.toEqual(calm);
    model.eval();
    expect(bits(model.forward(x))).toEqual(calm);
  });

  it('does not touch the base layer’s output, with DoRA either', () => {
    const model = modelOf(linear as (typeof KINDS)[number]);
    addAdapter(model, { r: 2, targetModules: ['0'], dropout: 0.9, useDora: true });
    const x = (linear as (typeof KINDS)[number]).batch();
    const before = withAdaptersDisabled(model, () => bits(model.forward(x)));
    expect(bits(model.train().forward(x))).toEqual(before);
  });

  it.each(['default', 'pissa'] as const)(
    'goes with DoRA into all that the lengths scale, as in PEFT: %s',
    (init) => {
      const model = modelOf(linear as (typeof KINDS)[number]);
      addLearned(model, { dropout: 0.5, useDora: true, init });
      const layer = adaptedLayerOf(model);
      const { lora_magnitude_vector, lora_initial } = layer.parts('default');
      const { A, B } = layer.factors('default');
      const { scale } = layer.settings('default');
      const updateOf = (factors: Factors) => matmul(factors.B, factors.A).mul(scale);
      // What PEFT has for its base weight.
      const W = lora_initial ? layer.weight.sub(updateOf(lora_initial)) : layer.weight;
      const gain = (lora_magnitude_vector as Magnitude).weight.div(norm(W.add(updateOf({ A, B })), 1));
      const x = (linear as (typeof KINDS)[number]).batch();
      manualSeed(3);
      const kept = new Dropout(0.5).forward(x);
      const expected = functional(x, W, { bias: layer.bias })
        .add(functional(kept, W).mul(gain.sub(1)))
        .add(functional(kept, updateOf({ A, B })).mul(gain));
      model.train();
      manualSeed(3);
      expectClose(model.forward(x), nested(expected), 1e-5);
    },
  );
});

describe('the row of an embedding that is padding', () => {
  it('has no gradients in A, and B those of PyTorch', () => {
    const model = new Sequential(new Embedding(4, 2, { paddingIdx: 1 }));
    addAdapter(model, { r: 1, alpha: 2, targetModules: ['0'] });
    const { A, B } = adaptedLayerOf(model).factors('default');
    A.assign(tensor([[1, 2, 3, 4]]));
    B.assign(tensor([[0.5], [-1]]));
    model
      .forward(tensor([0, 1, 3, 1], { dtype: 'int32' }))
      .sum()
      .backward();
    expect(A.grad?.tolist()).toEqual([[-1, 0, 0, -1]]);
    expect(B.grad?.tolist()).toEqual([[18], [18]]);
  });
});

describe('the first values', () => {
  it('are those that PEFT draws for the same seed: both factors as layers of their own, then A again', () => {
    const model = new Sequential(new Linear(6, 5), new Linear(5, 4));
    manualSeed(3);
    addAdapter(model, { r: 2, targetModules: 'all-linear' });
    const drawn = [...loraParameters(model).values()].map((parameter) => parameter.tolist());
    manualSeed(3);
    const expected = [[6, 5] as const, [5, 4] as const].flatMap(([inputs, outputs]) => {
      const A = new Linear(inputs, 2, { bias: false }).weight;
      new Linear(2, outputs, { bias: false });
      return [kaimingUniform(A as Parameter, { a: Math.sqrt(5) }).tolist(), zeros([outputs, 2]).tolist()];
    });
    expect(drawn).toEqual(expected);
  });

  it('have the dtype of the weight', () => {
    const model = new Sequential(new Linear(6, 5)).to('float64');
    addAdapter(model, { r: 2, targetModules: ['0'], useDora: true, init: 'pissa' });
    expect(model.parameters().map(({ dtype }) => dtype)).toEqual(Array(5).fill('float64'));
    expect([...model.namedBuffers()].map(([path, { dtype }]) => [path, dtype])).toEqual([
      ['0.lora_initial.default.A', 'float64'],
      ['0.lora_initial.default.B', 'float64'],
    ]);
  });

  it('of PiSSA and OLoRA are remembered with the model, and go with the adapter', () => {
    const model = new Sequential(new Linear(6, 5));
    addLearned(model, { init: 'olora' });
    const copy = new Sequential(new Linear(6, 5));
    addLearned(copy, { init: 'olora' });
    copy.loadStateDict(model.stateDict());
    const x = KINDS[0]?.batch() as Tensor;
    expect(bits(copy.forward(x))).toEqual(bits(model.forward(x)));
    addAdapter(model, { r: 2, targetModules: ['0'] }, 'plain');
    deleteAdapter(model, 'default');
    expect([...model.namedBuffers()]).toEqual([]);
  });
});

describe('the printed form', () => {
  it('is PEFT’s', () => {
    const model = new Sequential(new Linear(6, 5));
    addAdapter(model, { r: 2, targetModules: ['0'], dropout: 0.1, useDora: true });
    addAdapter(model, { r: 3, targetModules: ['0'] }, 'b');
    expect(String(model)).toBe(`Sequential(
  (0): lora.Linear(
    (base_layer): Linear(in_features=6, out_features=5, bias=True)
    (lora_dropout): ModuleDict(
      (default): Dropout(p=0.1, inplace=False)
      (b): Identity()
    )
    (lora_A): ModuleDict(
      (default): Linear(in_features=6, out_features=2, bias=False)
      (b): Linear(in_features=6, out_features=3, bias=False)
    )
    (lora_B): ModuleDict(
      (default): Linear(in_features=2, out_features=5, bias=False)
      (b): Linear(in_features=3, out_features=5, bias=False)
    )
    (lora_embedding_A): ParameterDict()
    (lora_embedding_B): ParameterDict()
    (lora_magnitude_vector): ModuleDict(
      (default): lora.dora.DoraLinearLayer()
    )
  )
)`);
  });

  it('shows the weight and the sizes of the base layer as the layer’s own', () => {
    for (const kind of KINDS) {
      const model = modelOf(kind);
      const base = model[0] as unknown as Record<string, unknown>;
      addAdapter(model, { r: 2, targetModules: ['0'] });
      const layer = model[0] as unknown as Record<string, unknown>;
      for (const name of [
        'weight',
        'bias',
        'inFeatures',
        'outFeatures',
        'inChannels',
        'outChannels',
        'numEmbeddings',
        'embeddingDim',
      ]) {
        expect(layer[name] ?? null).toBe(base[name] ?? null);
      }
    }
  });
});
