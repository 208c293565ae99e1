/** The register tile of products and the blocks that it goes through; the bench `tiles` measures them. */
import { settings } from './settings.js';

/** How many rows and columns of C are summed in registers. */
export interface Tile {
  readonly MR: number;
  readonly NR: number;
  /** Whether it is the one for the wide pass, as kernels are told. */
  readonly isWide: boolean;
}

const NARROW: Tile = { MR: 4, NR: 8, isWide: false };
const WIDE: Tile = { MR: 6, NR: 16, isWide: true };

export const nameOf = ({ MR, NR }: Tile) => `${MR}x${NR}`;

/** The tile that suits the machine, or the one that LOWRANK_TILE names. */
export function tileOf(wide: boolean): Tile {
  const asked = [NARROW, WIDE].find((tile) => nameOf(tile) === settings.tile);
  return asked ?? (wide ? WIDE : NARROW);
}

/** Rows and columns of C that a chunk computes: whole tiles of both sizes. */
export interface Block {
  readonly rows: number;
  readonly columns: number;
}

const MULTIPLE = { rows: 12, columns: 16 };

/** What LOWRANK_BLOCK asks for, such as `96x256`, if tiles fit into it. */
export function blockAskedFor(): Block | undefined {
  const [, rows = 0, columns = 0] = (/^(\d+)x(\d+)$/.exec(settings.block ?? '') ?? []).map(Number);
  const fits = rows * columns > 0 && rows % MULTIPLE.rows === 0 && columns % MULTIPLE.columns === 0;
  return fits ? { rows, columns } : undefined;
}

/** For products with N columns. */
export function blockOf(N: number): Block {
  return blockAskedFor() ?? { rows: 96, columns: N >= 512 ? 256 : 128 };
}
