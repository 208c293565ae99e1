/** The base of containers whose contents are named at run time: each stands in a field of its name. */
import { ArgumentError, formatValue } from '@lowrank/tensor';
import { Module } from '../module.js';

/** Values by name, in the order in which they were added; as fields, so that modules find what is trained in them. */
export abstract class NamedFields<T extends object> extends Module {
  /** @throws ArgumentError for anything that does not belong into this container. */
  protected abstract check(name: string, value: unknown): asserts value is T;

  /** The value of a name, or `undefined`. */
  get(name: string): T | undefined {
    return this.has(name) ? (Reflect.get(this, name) as T) : undefined;
  }

  /**
   * Adds a value, or replaces that of the same name.
   * @throws ArgumentError for a name that is not allowed, or a value that does not belong into this container.
   */
  set(name: string, value: T): this {
    this.check(name, value);
    if (!this.allows(name)) {
      throw new ArgumentError(
        this.typeName,
        `a name is not empty, has no dot in it and is none that modules use themselves, got ${formatValue(name)}`,
      );
    }
    Object.assign(this, { [name]: value });
    return this;
  }

  /** Whether a value may have this name: it is not empty, has no dot in it, and is no member that every module has. */
  allows(name: string): boolean {
    const isText = typeof name === 'string' && name !== '' && !name.includes('.');
    return isText && (this.has(name) || !(name in this));
  }

  /** Whether there is a value of this name. */
  has(name: string): boolean {
    return Object.hasOwn(this, name) && name !== 'training';
  }

  /** Takes a value out; says whether there was one. */
  delete(name: string): boolean {
    return this.has(name) && Reflect.deleteProperty(this, name);
  }

  /** The names. */
  names(): string[] {
    return Object.keys(this).filter((name) => this.has(name));
  }

  /** The values with their names. */
  *[Symbol.iterator](): Generator<[name: string, value: T]> {
    for (const name of this.names()) yield [name, this.get(name) as T];
  }

  get length(): number {
    return this.names().length;
  }

  /** @throws ArgumentError always. */
  forward(): never {
    throw new ArgumentError(
      this.typeName,
      'is a container and computes nothing. Call forward of what is in it',
    );
  }
}
