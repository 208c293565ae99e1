/** What a progress bar is asked for, wherever it is drawn. */

/** What a bar can be drawn on. A stream of Node is one, but who uses this in a browser has no types of Node. */
export interface TextStream {
  write(text: string): unknown;
}

export interface BarOptions {
  /** What a line shows, in the terms of cli-progress. */
  readonly format: string;
  /** Default: standard error. */
  readonly stream: TextStream | undefined;
  /** How often a log gets a line where there is no terminal to redraw, in milliseconds. */
  readonly interval: number;
}
