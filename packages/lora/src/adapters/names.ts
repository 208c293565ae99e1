/** Which modules of a model the names in a config mean. */
import { ArgumentError } from '@lowrank/tensor';
import type { CheckedConfig, ModuleNames } from '../config.js';
import { nameExpression } from './name-expression.js';

/** Whether a path is a name, or ends in it. */
export function endsIn(path: string, name: string): boolean {
  return path === name || path.endsWith(`.${name}`);
}

/** Whether a module, or one that it stands in, is of this name. */
export function isWithin(path: string, name: string): boolean {
  return `.${path}.`.includes(`.${name}.`);
}

/**
 * Says of a path whether an expression matches the whole of it.
 * @throws ArgumentError unless `source` is a regular expression.
 */
function expression(op: string, key: string, source: string): (path: string) => boolean {
  try {
    return nameExpression(source);
  } catch (cause) {
    throw new ArgumentError(op, `${key} has a regular expression that is none: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * Says of a path whether it is meant.
 * @param key The key of the config that has the names, for messages.
 * @throws ArgumentError for a string that is no regular expression.
 */
export function nameMatcher(op: string, key: string, names: ModuleNames): (path: string) => boolean {
  if (typeof names === 'string') return expression(op, key, names);
  if (names instanceof RegExp) return (path) => path.search(names) >= 0;
  return (path) => names.some((name) => endsIn(path, name));
}

/**
 * Says of a path whether its number is among `layersToTransform`. The number is the first one in it, or the first that
 * follows a name of `layersPattern`.
 */
export function layerMatcher(op: string, config: CheckedConfig): (path: string) => boolean {
  const { targetModules, layersToTransform, layersPattern } = config;
  if (layersToTransform.length === 0) return () => true;
  const lists = layersPattern.map((pattern) => endExpression(op, 'layersPattern', pattern));
  const isList = (path: string) => lists.length === 0 || lists.some((isMeant) => isMeant(path));
  return (path) => {
    // As in PEFT, who writes out a whole path means it.
    if (Array.isArray(targetModules) && targetModules.includes(path)) return true;
    const names = path.split('.');
    const place = names.findIndex(
      (name, i) => i < names.length - 1 && /^\d+$/.test(name) && isList(names.slice(0, i).join('.')),
    );
    return place >= 0 && layersToTransform.includes(Number(names[place]));
  };
}

/** As `expression`, for a path or the end of one. */
function endExpression(op: string, key: string, source: string): (path: string) => boolean {
  return expression(op, key, `(?:.*\\.)?(?:${source})`);
}

/** The keys of patterns, as expressions that are made once. */
const KEYS = new WeakMap<object, readonly (readonly [isMeant: (path: string) => boolean, value: number])[]>();

/**
 * The value of the first key of a pattern that fits a path.
 * @param key The key of the config that has the pattern, for messages.
 */
export function valueFor(
  op: string,
  key: string,
  pattern: Readonly<Record<string, number>>,
  path: string,
): number | undefined {
  const values =
    KEYS.get(pattern) ??
    Object.entries(pattern).map(([name, value]) => [endExpression(op, key, name), value] as const);
  KEYS.set(pattern, values);
  return values.find(([isMeant]) => isMeant(path))?.[1];
}
