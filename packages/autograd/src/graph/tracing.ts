/** What recorded calls remember while they are traced: in which module's forward they were made, and with which tensors. */
import type { Tensor } from '@lowrank/tensor';
import { Setting } from '../setting.js';

/** One run of a module's `forward`. */
export interface Scope {
  /** The module's path, `layers.0.attention`. */
  readonly path: string;
  /** The name of the module's class. */
  readonly type: string;
  /** The run that this one happened in; `null` for an outermost one. */
  readonly parent: Scope | null;
}

/** What a traced call remembers beyond what its gradient needs. */
export interface Traced {
  readonly scope: Scope | null;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** The state of one `traceCalls`. */
export class Tracing {
  scope: Scope | null = null;

  /** Runs `f` as a module's forward. */
  inside<T>(path: string, type: string, f: () => T): T {
    const parent = this.scope;
    this.scope = { path, type, parent };
    try {
      return f();
    } finally {
      this.scope = parent;
    }
  }
}

export const tracing = new Setting<Tracing | null>(null);

/** What a call that is being recorded has to remember: nothing, unless it is traced. */
export function traced(inputs: readonly Tensor[], outputs: readonly Tensor[]): Traced | null {
  if (tracing.value === null) return null;
  return { scope: tracing.value.scope, inputs, outputs };
}
