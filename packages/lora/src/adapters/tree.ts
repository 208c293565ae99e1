/** Replacing modules in the tree of a model. */
import { Module } from '@lowrank/nn';
import { ArgumentError } from '@lowrank/tensor';

/** Where a module stands: in a field of a module, or an element of an array in one. */
interface Place {
  readonly holder: object;
  readonly key: string;
  readonly module: Module;
}

/** The places of some modules in a model; one that is shared has several. */
function placesOf(model: Module, wanted: { has(module: Module): boolean }): Place[] {
  return model.modules().flatMap((holder) => [...placesIn(holder, wanted)]);
}

function* placesIn(holder: object, wanted: { has(module: Module): boolean }): Generator<Place> {
  for (const [key, field] of Object.entries(holder)) {
    if (Array.isArray(field)) yield* placesIn(field, wanted);
    else if (field instanceof Module && wanted.has(field)) yield { holder, key, module: field };
  }
}

/** @throws ArgumentError for a model, or for a module in a field or an array, that cannot be changed. */
export function checkReplaceable(op: string, model: Module, modules: ReadonlySet<Module>): void {
  if (!Object.isExtensible(model)) {
    throw new ArgumentError(
      op,
      `this ${model.typeName} is frozen or sealed, and its forward cannot be extended`,
    );
  }
  for (const { holder, key, module } of placesOf(model, modules)) {
    if (Object.getOwnPropertyDescriptor(holder, key)?.writable) continue;
    throw new ArgumentError(
      op,
      `the ${module.typeName} in ${key} cannot be replaced: what holds it is frozen`,
    );
  }
}

/** Puts other modules in the place of some, wherever they stand. */
export function replaceModules(model: Module, replacements: ReadonlyMap<Module, Module>): void {
  for (const { holder, key, module } of placesOf(model, replacements)) {
    Object.assign(holder, { [key]: replacements.get(module) });
  }
}
