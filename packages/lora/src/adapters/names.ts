/** Which modules of a model the names in a config mean. */
import { ArgumentError } from '@lowrank/tensor';
import type { CheckedConfig, ModuleNames } from '../config.js';

/** Whether a path is a name, or ends in it. */
export function endsIn(path: string, name: string): boolean {
  return path === name || path.endsWith(`.${name}`);
}

/** Whether a module, or one that it stands in, is of this name. */
export function isWithin(path: string, name: string): boolean {
  return `.${path}.`.includes(`.${name}.`);
}

/** @throws ArgumentError unless `source` is a regular expression. */
function expression(op: string, key: string, source: string): RegExp {
  try {
    return new RegExp(source);
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
  if (typeof names === 'string') {
    const whole = expression(op, key, `^(?:${names})$`);
    return (path) => whole.test(path);
  }
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
  const lists = layersPattern.map((pattern) => `(?:${pattern})\\.`).join('|');
  const number = expression(op, 'layersPattern', `(?:^|\\.)(?:${lists})(\\d+)\\.`);
  return (path) => {
    // As in PEFT, who writes out a whole path means it.
    if (Array.isArray(targetModules) && targetModules.includes(path)) return true;
    const found = number.exec(path)?.[1];
    return found !== undefined && layersToTransform.includes(Number(found));
  };
}

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
  const fitting = Object.keys(pattern).find((name) =>
    expression(op, key, `^(?:.*\\.)?(?:${name})$`).test(path),
  );
  return fitting === undefined ? undefined : pattern[fitting];
}
