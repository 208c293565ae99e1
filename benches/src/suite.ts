/** What the benches are made of: suites of cases, in which contestants do the same work. */

/** One way of doing a case's work; all contestants of a case return the same values up to rounding. */
export type Contestant = () => ArrayLike<number>;

/** Contestants by name. The first one is what the others are compared with. */
export type Contestants = Readonly<Record<string, Contestant>>;

export interface Case {
  readonly name: string;
  /** Makes the inputs, so that no more than one case at a time keeps them in memory. */
  readonly prepare: () => Contestants;
}

export interface Suite {
  /** What picks it on the command line. */
  readonly name: string;
  /** What is compared, in a line. */
  readonly about: string;
  readonly cases: readonly Case[];
}
