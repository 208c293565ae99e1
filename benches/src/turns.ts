/** Taking turns, and what comes out of them: medians. */
import type { Budget, Measurement, Quantity, Values } from './suite.js';

export const DEFAULT_BUDGET: Budget = { rounds: 9, seconds: 0.05, limit: 10, steps: 5000 };

/** What a contestant does when it is its turn. */
export type Turn = () => Values | Promise<Values>;

export interface TurnOptions {
  /** So many rounds there are however long they take, unless the budget has fewer. Default 3. */
  readonly leastRounds?: number;
}

/** The contestants take turns, so that whatever else the machine does slows all of them alike. */
export async function takeTurns(
  contestants: Readonly<Record<string, Turn>>,
  { rounds, limit }: Budget,
  { leastRounds = 3 }: TurnOptions = {},
): Promise<Measurement[]> {
  const startedAt = performance.now();
  const isOver = (done: number) =>
    done >= rounds || (done >= leastRounds && performance.now() - startedAt > 1000 * limit);
  const table: Values[][] = [];
  while (!isOver(table.length)) {
    const round: Values[] = [];
    for (const turn of Object.values(contestants)) round.push(await turn());
    table.push(round);
  }
  const names = Object.keys(contestants);
  return names.map((contestant, i) => {
    const withRatio = (round: Values[]) => ({ ...round[i]!, ...ratio(round[i]!, round[0]!) });
    return { contestant, ...medians(names.length === 1 ? table.flat() : table.map(withRatio)) };
  });
}

/** Within a round, because what disturbs the machine often outlasts one. */
function ratio({ milliseconds }: Values, first: Values): Values {
  if (milliseconds === undefined || first.milliseconds === undefined) return {};
  return { ratio: milliseconds / first.milliseconds };
}

function medians(rounds: readonly Values[]): Values {
  const { note, ...first } = rounds[0]!;
  const quantities = Object.keys(first) as Quantity[];
  const values = quantities.map((quantity) => [quantity, median(rounds.map((round) => round[quantity]!))]);
  return { ...Object.fromEntries(values), ...(note !== undefined && { note }) };
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
