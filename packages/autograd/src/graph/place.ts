/** Where an op was called: the line of the program, out of the stack of calls. */
import { detecting } from '../anomaly-mode.js';
import { tracing } from './tracing.js';

/** A line of a program. */
export interface Place {
  /** The path or address of the file, as the platform gives it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The function that the line stands in; empty outside of functions. */
  readonly function: string;
}

/** Files of lowrank, installed or in its own workspace. */
const OWN =
  /[\\/](?:@lowrank|packages|node_modules)[\\/](?:tensor|autograd|nn|lora|models|lowrank)[\\/](?:src|dist)[\\/]/;

/** The innermost call in the stack that is not lowrank's own; else the innermost; `null` if there is none. */
export function placeIn(stack: string): Place | null {
  let innermost: Place | null = null;
  for (const line of stack.split('\n')) {
    const place = placeOf(line);
    if (place !== null && !OWN.test(place.file)) return place;
    innermost ??= place;
  }
  return innermost;
}

/** `at f (file:line:column)` or `at file:line:column` in V8, `f@file:line:column` elsewhere. */
function placeOf(text: string): Place | null {
  const v8 = /^\s*at (?:(?<name>.*) \()?(?:async )?(?<file>.+?):(?<line>\d+):(?<column>\d+)\)?$/;
  const others = /^(?<name>[^@]*)@(?<file>.+?):(?<line>\d+):(?<column>\d+)$/;
  const { name, file, line, column } = (v8.exec(text) ?? others.exec(text))?.groups ?? {};
  if (file === undefined || file.startsWith('node:')) return null;
  return { file, line: Number(line), column: Number(column), function: name ?? '' };
}

/** How many calls deep the place of an op call is looked for. */
const DEPTH = 30;

/** While anomalies are looked for or calls traced, the calls that led here, innermost first, without `callee` and those in it. */
export function placeOfCall(callee: (...parameters: never[]) => unknown): string | null {
  if (!detecting.value && tracing.value === null) return null;
  const holder = { stack: '' };
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  // Not every browser has it.
  Error.captureStackTrace?.(holder, callee);
  Error.stackTraceLimit = stackTraceLimit;
  return holder.stack.slice(holder.stack.indexOf('\n') + 1);
}
