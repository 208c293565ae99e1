/** A program that does nothing: what Node itself needs to start and end. */
export {};
