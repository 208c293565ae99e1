/** Making an adapter out of the difference of two models. */
import { noGrad } from '@lowrank/autograd';
import { flag, isParametrized, Module, type OptionRules } from '@lowrank/nn';
import { ArgumentError, formatShape, formatValue, ShapeError, sameShape, type Tensor } from '@lowrank/tensor';
import { AdaptedLayer } from '../adapters/adapted-layer.js';
import {
  type AdapterSet,
  adapterSetFor,
  adapterSetOf,
  adapterSetsIn,
  checkUnmerged,
} from '../adapters/adapter-set.js';
import { exactConfig } from '../adapters/exact-config.js';
import { adaptedLayerFor } from '../adapters/kinds.js';
import { isWithin } from '../adapters/names.js';
import { assignFactors } from '../adapters/new-parts.js';
import { factorsOf } from '../adapters/parts.js';
import { planAdapter } from '../adapters/plan.js';
import { ownModules } from '../adapters/targets.js';
import { CONFIG_RULES, checkedOptions } from '../config.js';
import { inShapes, matrixOf } from '../init/matrix.js';
import { type Factorization, type FactorizeOptions, factorize } from './factorize.js';

export interface ExtractLoraOptions {
  /** What the adapter is called. Default `'default'`. */
  readonly name?: string;
  /** Modules that the adapter takes over whole, as `modulesToSave` of `addAdapter`: heads, normalisations. Default: none. */
  readonly modulesToSave?: readonly string[];
  /** Refuse models with differences that the adapter cannot hold, instead of reporting them. Default false. */
  readonly strict?: boolean;
}

/** How well an adapter holds the difference of one module. */
export interface ExtractedModule {
  /** The path of the module. */
  readonly module: string;
  readonly rank: number;
  /** |finetuned - base - B A| of its weight, Frobenius. */
  readonly error: number;
  /** The error over |finetuned - base|. */
  readonly relativeError: number;
}

export interface Extraction {
  /** The modules that the adapter adapts: those whose weights differ. */
  readonly modules: readonly ExtractedModule[];
  /** The paths of what differs too and is not in the adapter, such as biases. */
  readonly left: readonly string[];
}

/** A layer whose weight differs, and the factors of the difference. */
interface Difference extends Factorization {
  readonly path: string;
}

/**
 * Adds an adapter to `base` with which it comes as near to `finetuned` as updates of a rank can: for each Linear, Conv2d
 * and Embedding whose weights differ, the best factors of the difference. It can be used, saved and trained like any other
 * adapter; its scale is 1. `finetuned` stays as it is.
 *
 * @param rank The rank of each update, or of the whole weight where that is lower; or how much of the energy of each
 * difference to keep, see `factorize`.
 * @returns How well it went, and which other differences the adapter does not hold.
 * @throws ArgumentError if the models are equal, are not built alike, or have differences that are not finite; where
 * `strict`, if there are differences that the adapter cannot hold. `base` is then left as it was.
 *
 * @example
 * const { modules, left } = extractLora(finetuned, base, 8, { name: 'french' });
 * await saveAdapter(base, 'french', 'adapters/french');
 */
export function extractLora(
  finetuned: Module,
  base: Module,
  rank: number | FactorizeOptions,
  options: ExtractLoraOptions = {},
): Extraction {
  const { name, modulesToSave, strict } = checkedOptions(OP, RULES, options) as Required<ExtractLoraOptions>;
  checkRank(rank);
  const wanted = stateOf(finetuned, { mayHaveAdapters: false });
  const differing = differingPaths(wanted, stateOf(base, { mayHaveAdapters: true }));
  const set = adapterSetFor(OP, base);
  checkUnmerged(OP, set);
  const isSaved = (path: string) => modulesToSave.some((module) => isWithin(path, module));
  const differences = noGrad(() =>
    [...adaptableLayers(base, set)]
      .filter(([path]) => differing.has(`${path}.weight`) && !isSaved(path))
      .map(([path, layer]) => differenceOf(path, layer, wanted.get(`${path}.weight`) as Tensor, rank)),
  );
  for (const { path } of differences) differing.delete(`${path}.weight`);
  const left = [...differing].filter((path) => !isSaved(path));
  checkFound(differences, left, strict);
  planAdapter(OP, base, { ...exactConfig(differences), modulesToSave }, name).commit();
  fill(adapterSetOf(OP, base), name, differences, wanted);
  const modules = differences.map(({ path, rank, error, relativeError }) => ({
    module: path,
    rank,
    error,
    relativeError,
  }));
  return { modules, left };
}

const OP = 'extractLora';

const RULES: OptionRules<ExtractLoraOptions> = {
  name: { otherwise: 'default', range: 'a name', holds: (value) => typeof value === 'string' },
  modulesToSave: CONFIG_RULES.modulesToSave,
  strict: flag(false),
};

function checkRank(rank: number | FactorizeOptions): void {
  if (typeof rank !== 'number' || (Number.isInteger(rank) && rank >= 1)) return;
  throw new ArgumentError(OP, `a rank is a whole number of at least 1, got ${formatValue(rank)}`);
}

/** The parameters and buffers of a model, under the paths that they have without adapters. */
function stateOf(model: Module, { mayHaveAdapters }: { mayHaveAdapters: boolean }): Map<string, Tensor> {
  if (!(model instanceof Module)) throw new ArgumentError(OP, `takes two modules, got ${formatValue(model)}`);
  if (model.modules().some((module) => isParametrized(module))) {
    throw new ArgumentError(
      OP,
      'a model has parametrizations. Call removeParametrizations(layer, name) first',
    );
  }
  if (!mayHaveAdapters && adapterSetsIn(model).length > 0) {
    throw new ArgumentError(OP, 'the fine-tuned model has adapters. Call mergeAndUnload(finetuned) first');
  }
  const isOfAdapter = (path: string) => /(^|\.)(lora_\w+|modules_to_save)\./.test(path);
  const withoutAdapters = (path: string) => path.replace(/(^|\.)(base_layer|original_module)\./g, '$1');
  const own = [...model.namedState()].filter(([path]) => !isOfAdapter(path));
  return new Map(own.map(([path, tensor]) => [withoutAdapters(path), tensor.detach()]));
}

/**
 * The paths whose values differ.
 * @throws ArgumentError or ShapeError that names what only one of the models has, or has in another shape.
 */
function differingPaths(
  wanted: ReadonlyMap<string, Tensor>,
  present: ReadonlyMap<string, Tensor>,
): Set<string> {
  const alone = [...wanted.keys(), ...present.keys()].filter(
    (path) => !wanted.has(path) || !present.has(path),
  );
  if (alone.length > 0) {
    throw new ArgumentError(OP, `the models are not built alike: only one of them has ${alone.join(', ')}`);
  }
  const differing = new Set<string>();
  for (const [path, value] of wanted) {
    const other = present.get(path) as Tensor;
    if (!sameShape(value.shape, other.shape)) {
      throw new ShapeError(
        OP,
        `${path} is ${formatShape(value.shape)} in the fine-tuned model and ${formatShape(other.shape)} in the base`,
      );
    }
    if (!value.eq(other).all().item()) differing.add(path);
  }
  return differing;
}

/** The layers of a model that updates of any rank can be added to, by path: not yet part of it where they are new. */
function* adaptableLayers(model: Module, set: AdapterSet): Generator<[path: string, layer: AdaptedLayer]> {
  for (const [path, module] of ownModules(model)) {
    const layer = module instanceof AdaptedLayer ? module : adaptedLayerFor(module, set);
    // The factors of a grouped convolution see inputs that its weight does not have.
    if (layer !== undefined && layer.groups === 1) yield [path, layer];
  }
}

function differenceOf(
  path: string,
  layer: AdaptedLayer,
  wanted: Tensor,
  rank: number | FactorizeOptions,
): Difference {
  const matrix = matrixOf(layer.kind, wanted.sub(layer.weight));
  if (!matrix.isfinite().all().item()) {
    throw new ArgumentError(OP, `the weights of ${path} differ by values that are not finite`);
  }
  const possible = typeof rank === 'number' ? Math.min(rank, ...matrix.shape) : rank;
  return { path, ...factorize(matrix, possible) };
}

function checkFound(differences: readonly Difference[], left: readonly string[], strict: boolean): void {
  const others = left.length === 0 ? '' : `; what differs is ${left.join(', ')}`;
  if (differences.length === 0) {
    throw new ArgumentError(OP, `no weight of a layer that can be adapted differs${others}`);
  }
  if (strict && left.length > 0) {
    throw new ArgumentError(
      OP,
      `an adapter cannot hold all differences${others}. List modules to take over whole in modulesToSave, or leave out strict`,
    );
  }
}

/** Gives the new adapter its values. */
function fill(
  set: AdapterSet,
  name: string,
  differences: readonly Difference[],
  wanted: ReadonlyMap<string, Tensor>,
): void {
  for (const { path, A, B } of differences) {
    const own = factorsOf((set.layers.get(path) as AdaptedLayer).parts(name));
    assignFactors(own, inShapes({ A, B }, { A: own.A.shape, B: own.B.shape }));
  }
  for (const [path, copy] of set.copiesOf(name)) {
    const names = [...copy.namedState()].map(([inner]) => inner);
    copy.loadStateDict(
      Object.fromEntries(names.map((inner) => [inner, wanted.get(`${path}.${inner}`) as Tensor])),
    );
  }
}
