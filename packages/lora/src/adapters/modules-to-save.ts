/** Modules of which each adapter trains a copy of its own. */
import { copyModule, Module, ModuleDict } from '@lowrank/nn';
import { ArgumentError, Tensor } from '@lowrank/tensor';
import { checkRowCount, restoreRows, rowsByAdapter, takeRows } from './mixed-batch.js';
import { OBEYS_ITS_MODEL, type RowAdapters, type Switches } from './switches.js';

/** Computes what the copy of the active adapter does, or the original where it has none. PEFT's `ModulesToSaveWrapper` */
export class ModulesToSaveWrapper extends Module {
  readonly original_module: Module;
  readonly modules_to_save = new ModuleDict();
  readonly #switches: Switches;

  constructor(original: Module, switches: Switches) {
    super();
    this.original_module = original;
    this.#switches = switches;
    this.train(original.training);
  }

  override get uncopyable(): string {
    return OBEYS_ITS_MODEL;
  }

  /** The adapters that have a copy. */
  get adapters(): readonly string[] {
    return this.modules_to_save.names();
  }

  /** Whether these are the switches that it looks at: those of the model to which its adapters were added. */
  obeys(switches: Switches): boolean {
    return this.#switches === switches;
  }

  /** A copy of the original for an adapter; the wrapper does not have it before `attach`. */
  freshCopy(): Module {
    return copyModule(this.original_module).requiresGrad_(true);
  }

  /** @internal Gives an adapter its copy. */
  attach(name: string, copy: Module): void {
    this.modules_to_save.set(name, copy.train(this.original_module.training));
  }

  /** The module that computes while these adapters are active. */
  chosen(active: readonly string[]): Module {
    const name = active.find((candidate) => this.modules_to_save.has(candidate));
    return name === undefined ? this.original_module : (this.modules_to_save.get(name) as Module);
  }

  forward(...inputs: never[]): unknown {
    const { enabled, active, rows } = this.#switches;
    if (!enabled) return this.original_module.forward(...inputs);
    return rows === null ? this.chosen(active).forward(...inputs) : this.#mixed(inputs, rows);
  }

  /** Each module computes the rows of its own. */
  #mixed(inputs: readonly unknown[], rows: RowAdapters): Tensor {
    const [x] = inputs;
    if (!(x instanceof Tensor) || inputs.length !== 1) {
      throw new ArgumentError(
        this.typeName,
        'takes one tensor in a mixed batch, of which it computes the rows apart',
      );
    }
    checkRowCount(this.typeName, x, rows, 1);
    const own = rows.map((name) => (name !== null && this.modules_to_save.has(name) ? name : ''));
    const groups = [...rowsByAdapter(own)].map(([name, group]) => {
      const output: unknown = this.chosen([name]).forward(...([takeRows(x, group)] as never[]));
      if (!(output instanceof Tensor)) {
        throw new ArgumentError(
          this.typeName,
          'gives one tensor in a mixed batch, of which it computes the rows apart',
        );
      }
      return [group, output] as const;
    });
    return restoreRows(groups);
  }
}
