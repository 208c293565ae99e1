/** What `console.log` of a program prints: tensors and modules as lowrank writes them, the rest much as Node does. */

/** Longer lists are cut. */
const LONGEST = 100;
/** Things in things in things are cut below this. */
const DEEPEST = 4;

/** The arguments of one call as one text. */
export function printed(values: readonly unknown[]): string {
  return values.map((value) => (typeof value === 'string' ? value : written(value, 0))).join(' ');
}

function written(value: unknown, depth: number): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return `[Function: ${value.name || 'anonymous'}]`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (depth > DEEPEST) return '…';
  if (Array.isArray(value)) return list('[', value, ']', depth);
  if (ArrayBuffer.isView(value) && Symbol.iterator in value)
    return list(`${value.constructor.name} [`, value as Iterable<unknown> & ArrayBufferView, ']', depth);
  if (value instanceof Map || value instanceof Set)
    return list(`${value.constructor.name} {`, value as Iterable<unknown>, '}', depth);
  if (value.toString !== Object.prototype.toString) return String(value);
  const { name = 'Object' } = value.constructor ?? {};
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${written(field, depth + 1)}`);
  return joined(name === 'Object' ? '{' : `${name} {`, fields, '}');
}

function list(open: string, items: Iterable<unknown>, close: string, depth: number): string {
  const all = [...items];
  const shown = all.slice(0, LONGEST).map((item) => written(item, depth + 1));
  return joined(open, all.length > LONGEST ? [...shown, `… ${all.length - LONGEST} more`] : shown, close);
}

function joined(open: string, parts: readonly string[], close: string): string {
  return parts.length === 0 ? open + close : `${open} ${parts.join(', ')} ${close}`;
}
