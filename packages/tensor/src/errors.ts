/** The error classes of lowrank: every message names the op, the offending values and the way out. */

/** The base of all errors that lowrank throws on purpose. `instanceof LowrankError` catches each of them. */
export class LowrankError extends Error {
  /** The op or function that refused its input, such as `'matmul'`. */
  readonly op: string;

  constructor(op: string, message: string, options?: ErrorOptions) {
    super(`${op}: ${message}`, options);
    this.op = op;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** Shapes, axes or indices do not fit together. */
export class ShapeError extends LowrankError {}

/** The op is not defined for this dtype, or the dtypes of the operands do not fit together. */
export class DTypeError extends LowrankError {}

/** The device is unknown, not available here, or the operands live on different devices. */
export class DeviceError extends LowrankError {}

/** A gradient was asked for that does not exist, or that can no longer be computed. */
export class GradientError extends LowrankError {}

/** A file or a serialised value is malformed, or does not fit what it is loaded into. */
export class FormatError extends LowrankError {}

/** An option or a number is outside of what the function accepts. */
export class ArgumentError extends LowrankError {}

/** How many elements of a list are written out in a message. */
const SHOWN = 8;

/** Any value as it is written in messages: numbers as they are, strings quoted, large things by what they are. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (!Array.isArray(value)) return withArticle(value.constructor?.name || 'nameless object');
  if (value.length > SHOWN) return `an array of ${value.length}`;
  // One level only: an array may contain itself.
  return `[${Array.from(value, (inner) => (Array.isArray(inner) ? '[...]' : formatValue(inner))).join(', ')}]`;
}

function withArticle(name: string): string {
  return `${/^[AEIOU]/i.test(name) ? 'an' : 'a'} ${name}`;
}
