/** What all adapted layers of a model have in common: which adapters there are, and which are on. */

/** For each row of a batch the name of the adapter that it goes through, or `null` for the base model alone. */
export type RowAdapters = readonly (string | null)[];

/** The option of `forward` by which each row of a batch goes through an adapter of its own. */
export interface MixedBatch {
  /** One for each row, along the first axis. Default: the active adapters, for all rows. */
  readonly adapters?: RowAdapters;
}

/** One object for a whole model, which its layers read at each forward: to switch is to set a field. */
export interface Switches {
  /** The adapters that the model has. */
  names(): readonly string[];
  /** Those that are on, in the order in which their updates are added. */
  readonly active: readonly string[];
  /** With `false` the base model computes alone. */
  readonly enabled: boolean;
  /** Those that are merged into the base weights at present. */
  readonly merged: readonly string[];
  /** The adapters of the rows of the batch that is computed at present, if it is a mixed one. */
  readonly rows: RowAdapters | null;
}

/** Why a module that obeys switches has no copies. */
export const OBEYS_ITS_MODEL =
  'obeys the switches of the model that it stands in. Copy a model before it gets adapters, and load them into the copy';
