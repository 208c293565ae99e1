/** Making the parts of a new adapter for one layer, with their first values. */
import { noGrad } from '@lowrank/autograd';
import { Dropout, Identity, Module, Parameter } from '@lowrank/nn';
import { ArgumentError, formatShape, type Tensor } from '@lowrank/tensor';
import { type CheckedConfig, scaleOf } from '../config.js';
import { initialValues } from '../init/initial-values.js';
import type { AdaptedLayer } from './adapted-layer.js';
import { valueFor } from './names.js';
import {
  type AdapterParts,
  type FactorParts,
  type Factors,
  factorsOf,
  InitialFactors,
  type LayerSettings,
  likeTensor,
  Magnitude,
} from './parts.js';

/**
 * What the config says for one layer.
 * @throws ArgumentError where the layer cannot have such an adapter.
 */
export function settingsFor(
  op: string,
  path: string,
  layer: AdaptedLayer,
  config: CheckedConfig,
): LayerSettings {
  const rank = valueFor(op, 'rankPattern', config.rankPattern, path) ?? config.r;
  const alpha = valueFor(op, 'alphaPattern', config.alphaPattern, path) ?? config.alpha;
  const { useDora, dropout } = config;
  checkRank(op, path, layer, rank);
  checkGroups(op, path, layer, rank, useDora);
  return { rank, scale: scaleOf(rank, alpha, config.useRslora), dropout, useDora };
}

function checkRank(op: string, path: string, { matrixShape, weight }: AdaptedLayer, rank: number): void {
  const full = Math.min(...matrixShape);
  if (rank <= full) return;
  throw new ArgumentError(
    op,
    `rank ${rank} is above that of the weight ${formatShape(weight.shape)} of ${path}, which is at most ${full}. ` +
      `Lower r, or give it a rank of its own: rankPattern: { '${path}': ${full} }`,
  );
}

function checkGroups(
  op: string,
  path: string,
  { groups }: AdaptedLayer,
  rank: number,
  useDora: boolean,
): void {
  if (groups === 1) return;
  const reason =
    rank % groups === 0
      ? useDora && 'DoRA is not defined for it'
      : `the rank has to be a multiple of that, got ${rank}`;
  if (reason) throw new ArgumentError(op, `${path} is a convolution of ${groups} groups: ${reason}`);
}

/**
 * The parts of a new adapter of a layer, which does not have them before `attach`.
 * @throws ArgumentError where the initialisation, or DoRA, is not defined for the layer.
 */
export function newParts(
  op: string,
  path: string,
  layer: AdaptedLayer,
  settings: LayerSettings,
  init: CheckedConfig['init'],
): AdapterParts {
  return noGrad(() => {
    const { rank, scale, dropout, useDora } = settings;
    const factors = alike(layer.weight, layer.freshFactors(rank));
    const values = factorsOf(factors);
    const first = initialValues(op, init, {
      kind: layer.kind,
      weight: layer.unmergedWeight.detach(),
      rank,
      scale,
      shapes: { A: values.A.shape, B: values.B.shape },
    });
    if (first) assignFactors(values, first);
    const parts: AdapterParts = {
      // The indices that an Embedding takes cannot be dropped.
      lora_dropout: dropout > 0 && layer.kind !== 'Embedding' ? new Dropout(dropout) : new Identity(),
      ...factors,
      ...(first?.subtracted && { lora_initial: new InitialFactors(values) }),
    };
    return useDora ? { ...parts, lora_magnitude_vector: magnitudeFor(op, path, layer, parts, scale) } : parts;
  });
}

/** Sets A and B to values of another dtype or device. */
export function assignFactors({ A, B }: Factors, values: Factors): void {
  A.assign(likeTensor(A, values.A.detach()));
  B.assign(likeTensor(B, values.B.detach()));
}

/** Parts with the dtype and the device of the weight. */
function alike(weight: Tensor, parts: FactorParts): FactorParts {
  const converted = Object.entries(parts).map(([field, part]: [string, Module | Parameter]) => {
    if (part instanceof Module) return [field, part.to(weight.dtype).to(weight.device)];
    return [field, new Parameter(likeTensor(weight, part.detach()))];
  });
  return Object.fromEntries(converted);
}

/** The lengths with which DoRA begins: those that leave the weight as it is. */
function magnitudeFor(
  op: string,
  path: string,
  layer: AdaptedLayer,
  parts: AdapterParts,
  scale: number,
): Magnitude {
  const lengths = layer.lengths(layer.unmergedWeight.add(layer.change(parts, scale)));
  // On the GPU a length of 0 shows as NaN in what the layer computes.
  if (lengths.device === 'gpu' || lengths.ne(0).all().item()) return new Magnitude(layer.kind, lengths);
  throw new ArgumentError(
    op,
    `the weight of ${path} has a vector of length 0, and DoRA needs its direction. Leave ${path} out with excludeModules`,
  );
}
