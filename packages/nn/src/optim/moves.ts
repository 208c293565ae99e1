/** What an optimiser moves in one step, and how it is sorted into sets that one op can move at once. */
import type { Tensor } from '@lowrank/tensor';
import type { ParameterState } from './saved-state.js';

/** A parameter that is to be moved. */
export interface Move {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** There is none before its first step. */
  readonly state: ParameterState | undefined;
}

/** Where a parameter goes, and what is remembered for the next step. */
export interface Update {
  readonly value: Tensor;
  readonly state: ParameterState;
}

/**
 * The updates of all moves, in their order: found for one set after the other of those that share dtype, device, and what
 * `trait` says of them.
 */
export function updateInSets(
  moves: readonly Move[],
  trait: (move: Move) => unknown,
  update: (set: readonly Move[]) => readonly Update[],
): Update[] {
  const sets = new Map<string, Move[]>();
  for (const move of moves) {
    const { dtype, device } = move.parameter;
    const key = `${dtype} ${device} ${trait(move)}`;
    sets.set(key, [...(sets.get(key) ?? []), move]);
  }
  const updates = new Map<Move, Update>();
  for (const set of sets.values()) {
    update(set).forEach((result, i) => {
      updates.set(set[i] as Move, result);
    });
  }
  return moves.map((move) => updates.get(move) as Update);
}
