/** Counting what a network has to learn, layer by layer, without LoRA and with it. */
import { Lora } from '@lowrank/lora';
import type { MnistCnn } from '@lowrank/models';
import { isParametrized, type Module, parametrizationsOf } from '@lowrank/nn';
import { sizeOf, type Tensor } from '@lowrank/tensor';
import type { LayerParameters, ParameterSummary } from '../summary.js';

/** The counts of a network whose convolutions carry LoRA; the sums are over the adapted layers. */
export function countParameters(model: MnistCnn): ParameterSummary {
  const layers = [...model.namedChildren()].filter(isAffine).map(([name, layer]) => countLayer(name, layer));
  const adapted = layers.filter((layer) => layer.lora > 0);
  const total = (key: 'base' | 'lora') => adapted.reduce((sum, layer) => sum + layer[key], 0);
  const [base, lora] = [total('base'), total('lora')];
  return { base, lora, total: base + lora, percent: (100 * lora) / base, layers };
}

/** A layer that has something to learn. */
type Affine = Module & { readonly weight: Tensor; readonly bias: Tensor | null };

function isAffine(entry: [name: string, layer: Module]): entry is [name: string, layer: Affine] {
  return 'weight' in entry[1];
}

function countLayer(name: string, layer: Affine): LayerParameters {
  const [weight, bias] = [layer.weight.shape, layer.bias?.shape ?? null];
  const lora = isParametrized(layer, 'weight') ? loraOf(layer) : undefined;
  return {
    name,
    weight,
    bias,
    base: sizeOf(weight) + (bias === null ? 0 : sizeOf(bias)),
    loraA: lora?.lora_A.shape ?? null,
    loraB: lora?.lora_B.shape ?? null,
    lora: lora ? lora.lora_A.numel() + lora.lora_B.numel() : 0,
  };
}

function loraOf(layer: Module): Lora | undefined {
  return [...parametrizationsOf(layer, 'weight')].find((parametrization) => parametrization instanceof Lora);
}
