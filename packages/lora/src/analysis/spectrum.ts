/** What was learned, in singular values: how large the updates are, and how many directions they really use. */
import { noGrad } from '@lowrank/autograd';
import type { Module } from '@lowrank/nn';
import { ArgumentError, concat, formatValue, matmul, qr, svd } from '@lowrank/tensor';
import { adapterSetOf } from '../adapters/adapter-set.js';
import { type AdapterParts, type Factors, factorsOf } from '../adapters/parts.js';
import { factorMatrices } from '../init/matrix.js';
import { loraModules } from '../model.js';

/** The update of one module. */
export interface ModuleSpectrum {
  /** The path of the adapted module, or of the `Lora` of a weight. */
  readonly module: string;
  /** The rank r of the config. */
  readonly rank: number;
  /**
   * The singular values of the update, scale * B A, largest first: r of them. For PiSSA and OLoRA, whose update is what B A
   * has become less what it was at first, up to 2 r.
   */
  readonly singularValues: readonly number[];
  /** How many directions it uses, see `effectiveRank`. */
  readonly effectiveRank: number;
  /** |scale * B A|, Frobenius: the root of the sum of the squared singular values. */
  readonly norm: number;
}

/**
 * exp(H), where H is the entropy of the singular values as shares of their sum: r for r equal values, 1 where one stands
 * alone, 0 where all are 0. (Roy and Vetterli, "The effective rank: a measure of effective dimensionality", 2007)
 * @throws ArgumentError for anything but a list of numbers of at least 0.
 */
export function effectiveRank(singularValues: readonly number[]): number {
  if (
    !Array.isArray(singularValues) ||
    singularValues.some((value) => typeof value !== 'number' || value < 0)
  ) {
    const got = formatValue(singularValues);
    throw new ArgumentError('effectiveRank', `takes singular values, numbers of at least 0, got ${got}`);
  }
  const total = singularValues.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  const entropy = singularValues
    .filter((value) => value > 0)
    .reduce((sum, value) => sum - (value / total) * Math.log(value / total), 0);
  return Math.exp(entropy);
}

/**
 * The singular values of an adapter's update of each module, or without a name those of all `Lora` parametrizations. They
 * are computed from the small factors, whatever the size of the weights. With DoRA they are those of scale * B A alone,
 * before the lengths are set.
 * @throws ArgumentError if the model has no such adapter, or no `Lora`.
 *
 * @example for (const { module, effectiveRank } of spectrum(model, 'default')) console.log(module, effectiveRank);
 */
export function spectrum(model: Module, name?: string): ModuleSpectrum[] {
  if (name === undefined) {
    return loraModules('spectrum', model).map(([path, { lora_A, lora_B, rank, scale }]) =>
      moduleSpectrum(path, rank, scale, { A: lora_A, B: lora_B }),
    );
  }
  const set = adapterSetOf('spectrum', model);
  set.config('spectrum', name);
  return set.layersOf(name).map(([path, layer]) => {
    const { rank, scale } = layer.settings(name);
    return moduleSpectrum(path, rank, scale, learnedFactors(layer.parts(name)));
  });
}

/** The factors of an update as matrices: B A, or B A - B0 A0 = [B -B0] [A; A0] where it began as B0 A0. */
function learnedFactors(parts: AdapterParts): Factors {
  const { A, B } = factorMatrices(factorsOf(parts));
  if (parts.lora_initial === undefined) return { A, B };
  const initial = factorMatrices(parts.lora_initial);
  return { A: concat([A, initial.A], 0), B: concat([B, initial.B.neg()], 1) };
}

function moduleSpectrum(module: string, rank: number, scale: number, factors: Factors): ModuleSpectrum {
  const singularValues = productSpectrum(factors, scale);
  return {
    module,
    rank,
    singularValues,
    effectiveRank: effectiveRank(singularValues),
    norm: Math.hypot(...singularValues),
  };
}

/**
 * The singular values of scale * B A, for A [r, n] and B [d, r], without forming it: with B = Q R and A^T = P T they are
 * those of R T^T, which is [r, r].
 */
function productSpectrum({ A, B }: Factors, scale: number): number[] {
  return noGrad(() => {
    const core = matmul(qr(B).R, qr(A.transpose()).R, { transposeB: true });
    return Array.from(svd(core).S.dataSync(), (value) => value * Math.abs(scale));
  });
}
