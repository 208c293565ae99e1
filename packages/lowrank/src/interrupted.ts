/** Ctrl-C, as the command hears it. */

/** The exit code of a program that Ctrl-C stopped, as shells have it: 128 + SIGINT. */
export const INTERRUPTED = 130;

/** What is thrown where work stops for it. */
export class Interrupted extends Error {}
