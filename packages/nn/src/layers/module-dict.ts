/** Modules by name. */
import { ArgumentError, formatValue } from '@lowrank/tensor';
import { checkOptions } from '../checks.js';
import { Module } from '../module.js';
import { NamedFields } from './named-fields.js';

/** Modules by name, which are trained, saved and printed with the module that this stands in. `torch.nn.ModuleDict` */
export class ModuleDict<M extends Module = Module> extends NamedFields<M> {
  /** @throws ArgumentError for anything but modules, and for names that cannot be fields. */
  constructor(modules: Readonly<Record<string, M>> = {}) {
    super();
    checkOptions('ModuleDict', modules);
    for (const [name, module] of Object.entries(modules)) this.set(name, module);
  }

  protected check(name: string, value: unknown): asserts value is M {
    if (value instanceof Module) return;
    throw new ArgumentError('ModuleDict', `${name} is ${formatValue(value)}, not a module`);
  }
}
