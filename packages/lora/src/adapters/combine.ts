/** Combining adapters into a new one. */
import { noGrad } from '@lowrank/autograd';
import type { Module, OptionRules } from '@lowrank/nn';
import { ArgumentError, concat, formatValue } from '@lowrank/tensor';
import { factorize } from '../analysis/factorize.js';
import { CONFIG_RULES, checkedOptions, isRank, oneOf } from '../config.js';
import { inShapes, matrixOf } from '../init/matrix.js';
import type { AdaptedLayer } from './adapted-layer.js';
import { type AdapterSet, adapterSetOf, checkedNames, checkUnmerged } from './adapter-set.js';
import { exactConfig } from './exact-config.js';
import { assignFactors } from './new-parts.js';
import { type Factors, factorsOf } from './parts.js';
import { planAdapter } from './plan.js';

/** The ways of combining, see `combineAdapters`. */
export type CombineMethod = 'linear' | 'cat' | 'svd';

export interface CombineOptions {
  /** What the new adapter is called. */
  readonly name: string;
  /** Default `'svd'`. */
  readonly method?: CombineMethod;
  /** The rank of the new adapter, or of the whole weight where that is lower; for `'svd'`. Default: the highest of those that are combined. */
  readonly rank?: number;
}

/** One of the combined adapters, with its weight. */
type Weighted = readonly [name: string, weight: number];

/** One layer of the new adapter. */
interface CombinedLayer {
  readonly path: string;
  readonly layer: AdaptedLayer;
  readonly rank: number;
  readonly factors: Factors;
}

/** How the factors of a layer are combined. `rank` is that of the options. */
type Combination = (
  op: string,
  path: string,
  layer: AdaptedLayer,
  weighted: readonly Weighted[],
  rank?: number,
) => Factors;

const COMBINATIONS: Readonly<Record<CombineMethod, Combination>> = { linear, cat, svd };

const RULES: OptionRules<CombineOptions> = {
  // Which names a model takes is checked with all else of the new adapter.
  name: { otherwise: undefined, range: 'a name', holds: (value) => typeof value === 'string' },
  method: oneOf(Object.keys(COMBINATIONS) as CombineMethod[], 'svd'),
  rank: { ...CONFIG_RULES.r, otherwise: undefined, holds: (value) => value === undefined || isRank(value) },
};

/**
 * Adds a new adapter whose update is the sum of those of others, each times its weight, which may be negative. It has the
 * scale 1 and is not active before `setAdapter`. PEFT's `add_weighted_adapter`
 *
 * - `'svd'`: the best update of the rank for the sum, whatever the ranks of the others. It also takes adapters with DoRA.
 * - `'cat'`: the sum exactly, with A and B stacked; its rank is the sum of the ranks.
 * - `'linear'`: the weighted sums of A and of B, each by the square root of weight * scale. Cheap, of the same rank, but not
 *   the sum: A of one also meets B of the other.
 *
 * @throws ArgumentError, and leaves the model as it is, if the method does not go with the adapters: `'linear'` for other
 * ranks or where a part was taken out of the base weight (PiSSA, OLoRA), `'cat'` where the sum of the ranks is above that
 * of a weight, both with DoRA, any but `'linear'` for convolutions with groups, all for adapters with copies of modules.
 * @example
 * combineAdapters(model, ['french', 'formal'], [0.7, 0.3], { name: 'formal-french' });
 */
export function combineAdapters(
  model: Module,
  names: readonly string[],
  weights: readonly number[],
  options: CombineOptions,
): void {
  const op = 'combineAdapters';
  const { name, method = 'svd', rank } = checkedOptions(op, RULES, options);
  if (rank !== undefined && method !== 'svd') {
    throw new ArgumentError(op, `the rank follows from method '${method}'; only 'svd' can choose it`);
  }
  const set = adapterSetOf(op, model);
  const weighted = checkedWeights(op, checkedNames(op, set, names), weights);
  checkUnmerged(op, set);
  for (const one of names) checkNoCopies(op, set, one);
  const combine = COMBINATIONS[method];
  const layers = noGrad(() =>
    [...set.layers].flatMap(([path, layer]): CombinedLayer[] => {
      const own = weighted.filter(([one]) => layer.hasAdapter(one));
      if (own.length === 0) return [];
      const factors = combine(op, path, layer, own, rank);
      return [{ path, layer, factors, rank: factors.A.shape[0] as number }];
    }),
  );
  planAdapter(op, model, exactConfig(layers), name).commit();
  for (const { layer, factors } of layers) {
    const own = factorsOf(layer.parts(name));
    assignFactors(own, inShapes(factors, { A: own.A.shape, B: own.B.shape }));
  }
}

function checkedWeights(op: string, names: readonly string[], weights: readonly number[]): Weighted[] {
  if (
    Array.isArray(weights) &&
    weights.length === names.length &&
    names.length > 0 &&
    weights.every(Number.isFinite)
  ) {
    return names.map((name, i) => [name, weights[i] as number]);
  }
  throw new ArgumentError(
    op,
    `takes adapters, and a finite weight for each, got ${formatValue(names)} and ${formatValue(weights)}`,
  );
}

function checkNoCopies(op: string, set: AdapterSet, name: string): void {
  const [copy] = set.copiesOf(name);
  if (copy === undefined) return;
  throw new ArgumentError(
    op,
    `${name} has a copy of ${copy[0]}, and whole modules have no update that could be added up`,
  );
}

/** @throws ArgumentError if an adapter's update is more than its A and B. */
function checkPlain(
  op: string,
  path: string,
  layer: AdaptedLayer,
  method: CombineMethod,
  names: readonly string[],
): void {
  const withDora = names.find((name) => layer.settings(name).useDora);
  if (withDora === undefined) return;
  throw new ArgumentError(
    op,
    `${withDora} has DoRA in ${path}, which method '${method}' has no place for. Take 'svd'`,
  );
}

function checkNoGroups(op: string, path: string, { groups }: AdaptedLayer, method: CombineMethod): void {
  if (groups === 1) return;
  throw new ArgumentError(
    op,
    `${path} is a convolution of ${groups} groups, which method '${method}' is not for. Take 'linear'`,
  );
}

/** Shares of weight * scale for A and B, whose product it is; the sign goes to A. */
function shares(layer: AdaptedLayer, [name, weight]: Weighted): { readonly A: number; readonly B: number } {
  const total = weight * layer.settings(name).scale;
  const root = Math.sqrt(Math.abs(total));
  return { A: Math.sign(total) * root, B: root };
}

function linear(op: string, path: string, layer: AdaptedLayer, weighted: readonly Weighted[]): Factors {
  const names = weighted.map(([name]) => name);
  checkPlain(op, path, layer, 'linear', names);
  const ranks = names.map((name) => layer.settings(name).rank);
  if (new Set(ranks).size > 1) {
    const text = names.map((name, i) => `${name} has rank ${ranks[i]}`).join(', ');
    throw new ArgumentError(op, `method 'linear' is for one rank; in ${path} ${text}. Take 'svd' or 'cat'`);
  }
  const began = names.find((name) => layer.lora_initial?.has(name));
  if (began !== undefined) {
    const text = `what ${began} took out of the weight of ${path} when it began`;
    throw new ArgumentError(op, `method 'linear' has no place for ${text}. Take 'svd' or 'cat'`);
  }
  const sumOf = (side: 'A' | 'B') =>
    weighted
      .map((one) => layer.factors(one[0])[side].mul(shares(layer, one)[side]))
      .reduce((sum, term) => sum.add(term));
  return { A: sumOf('A'), B: sumOf('B') };
}

function cat(op: string, path: string, layer: AdaptedLayer, weighted: readonly Weighted[]): Factors {
  checkPlain(
    op,
    path,
    layer,
    'cat',
    weighted.map(([name]) => name),
  );
  checkNoGroups(op, path, layer, 'cat');
  const stack = weighted.flatMap(([name, weight]) => {
    const factor = weight * layer.settings(name).scale;
    const initial = layer.lora_initial?.get(name);
    return [
      { factors: layer.factors(name), factor },
      ...(initial ? [{ factors: initial, factor: -factor }] : []),
    ];
  });
  const rank = stack.reduce((total, { factors }) => total + (factors.A.shape[0] as number), 0);
  const full = Math.min(...layer.matrixShape);
  if (rank > full) {
    const text = `the ranks for ${path} add up to ${rank}, and its weight has at most ${full}`;
    throw new ArgumentError(op, `method 'cat': ${text}. Take 'svd'`);
  }
  return {
    A: concat(
      stack.map(({ factors, factor }) => factors.A.mul(factor)),
      0,
    ),
    B: concat(
      stack.map(({ factors }) => factors.B),
      1,
    ),
  };
}

function svd(
  op: string,
  path: string,
  layer: AdaptedLayer,
  weighted: readonly Weighted[],
  rank?: number,
): Factors {
  checkNoGroups(op, path, layer, 'svd');
  const sum = weighted
    .map(([name, weight]) => layer.delta(name).mul(weight))
    .reduce((total, term) => total.add(term));
  const highest = Math.max(...weighted.map(([name]) => layer.settings(name).rank));
  return factorize(matrixOf(layer.kind, sum), Math.min(rank ?? highest, ...layer.matrixShape));
}
