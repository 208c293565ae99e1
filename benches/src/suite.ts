/** What the benches are made of: suites of cases, in each of which contestants do the same work. */

/** What is measured, in the order in which tables show it. */
export const QUANTITIES = {
  milliseconds: 'ms',
  gflops: 'GFLOPS',
  ratio: 'time / first',
  inside: 'ms, import and work',
  peakMemory: 'peak memory, MB',
  earlyMemory: 'memory at first, MB',
  lateMemory: 'memory at the end, MB',
  growth: 'growth, %',
  file: 'file, KB',
  minified: 'minified, KB',
  gzipped: 'gzipped, KB',
} as const;

export type Quantity = keyof typeof QUANTITIES;

/** What a turn of a contestant found out. */
export type Values = Readonly<Partial<Record<Quantity, number>>> & {
  /** In what mode it was, or why there are no values. */
  readonly note?: string;
};

/** A contestant's result: medians. `ratio` is its time relative to the first contestant's of the case. */
export type Measurement = { readonly contestant: string } & Values;

/** How much time the measurements may take. */
export interface Budget {
  /** How often each contestant has its turn. */
  readonly rounds: number;
  /** How long a turn lasts at least, in seconds. */
  readonly seconds: number;
  /** After so many seconds no case begins another round, unless it had too few for a median. */
  readonly limit: number;
  /** How many training steps show whether memory grows. */
  readonly steps: number;
}

export interface Case {
  readonly name: string;
  /** @throws Error if the contestants do not compute the same. */
  readonly measure: (budget: Budget) => Promise<readonly Measurement[]>;
}

export interface Suite {
  /** What picks it on the command line. */
  readonly name: string;
  /** What is compared, in a line. */
  readonly about: string;
  readonly cases: readonly Case[];
  /** Only measured when it is named. */
  readonly onRequest?: boolean;
}

export interface CaseResult {
  readonly name: string;
  readonly measurements: readonly Measurement[];
}

export interface SuiteResult {
  readonly name: string;
  readonly about: string;
  readonly cases: readonly CaseResult[];
}

/** Measures all cases of a suite. @param onCase Called before each. */
export async function measureSuite(
  { name, about, cases }: Suite,
  budget: Budget,
  onCase: (name: string) => void = () => {},
): Promise<SuiteResult> {
  const results: CaseResult[] = [];
  for (const each of cases) {
    onCase(each.name);
    results.push({ name: each.name, measurements: await each.measure(budget) });
  }
  return { name, about, cases: results };
}
