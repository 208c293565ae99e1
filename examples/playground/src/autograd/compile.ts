/** From the text of a program to a function, and from what it throws to a line of the text. */

/** `import { a, b as c } from 'lowrank';` or `import * as lowrank from 'lowrank';`, over several lines too. */
const IMPORT = /^([ \t]*)import\s+(\{[^}]*\}|\*\s+as\s+[\w$]+)\s+from\s+(['"])lowrank\3/gm;

/** What is left of imports once those were rewritten. */
const OTHER_IMPORT = /^[ \t]*import\b(?!\s*[(.]).*$/m;

/** The names that a program finds without importing them. */
const PARAMETERS = ['lowrank', 'show'] as const;

export type Program = (lowrank: object, show: unknown) => unknown;

export interface Compiled {
  readonly run: Program;
  /** Whether it may await, and so returns a promise. */
  readonly isAsync: boolean;
}

/** What stacks call the program. */
export const FILE = 'program.js';

/** A program that cannot be run as it is. */
export class ProgramError extends SyntaxError {
  override readonly name = 'SyntaxError';
  /** From 1; `null` where nobody knows. */
  readonly line: number | null;

  constructor(message: string, line: number | null) {
    super(message);
    this.line = line;
  }
}

/**
 * Compiles a program as a module from a blob, so that no policy has to allow `eval`. Its lines keep their numbers.
 *
 * A program is compiled as a plain function if it can be, because only calls of those can be traced.
 * @throws ProgramError
 */
export async function compile(source: string): Promise<Compiled> {
  const body = withoutImports(source);
  try {
    return { run: await load(body, ''), isAsync: false };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  try {
    return { run: await load(body, 'async '), isAsync: true };
  } catch (error) {
    const { message } = error as SyntaxError;
    throw new ProgramError(message, await lineOfSyntaxError(body, source.split('\n').length));
  }
}

/** The program with its imports turned into variables, on as many lines. @throws ProgramError */
export function withoutImports(source: string): string {
  const body = source.replace(IMPORT, (_, indent: string, names: string) => {
    const pattern = names.startsWith('{') ? names.replace(/\bas\b/g, ':') : names.replace(/\*\s+as\s+/, '');
    return `${indent}const ${pattern} = ${PARAMETERS[0]}`;
  });
  const other = OTHER_IMPORT.exec(body);
  if (other === null) return body;
  const line = body.slice(0, other.index).split('\n').length;
  throw new ProgramError("a program here can only import from 'lowrank', by name or as a whole", line);
}

async function load(body: string, kind: '' | 'async '): Promise<Program> {
  const script = `export default ${kind}function (${PARAMETERS.join(', ')}) {${body}\n}\n//# sourceURL=${FILE}`;
  const address = blobAddress(script);
  const { default: run } = (await import(/* @vite-ignore */ address)) as { default: Program };
  return run;
}

function blobAddress(script: string): string {
  return URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
}

/**
 * Engines tell where a syntax error is to those who listen to a worker that fails to start, and to nobody else. The script
 * declares a function that is never called.
 */
function lineOfSyntaxError(body: string, lines: number): Promise<number | null> {
  const script = `'use strict'; async function program(${PARAMETERS.join(', ')}) {${body}\n}`;
  return new Promise((resolve) => {
    const worker = new Worker(blobAddress(script));
    const settle = (line: number | null) => {
      worker.terminate();
      resolve(line);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      // What is missing at the end is missed on the line after it.
      settle(event.lineno > 0 ? Math.min(event.lineno, lines) : null);
    };
    setTimeout(() => settle(null), 10_000);
  });
}

/** The line of the program that a stack went through last; `null` if it did not. */
export function lineIn(stack: string): number | null {
  const [, line] = new RegExp(`\\b${FILE.replace('.', '\\.')}:(\\d+)`).exec(stack) ?? [];
  return line === undefined ? null : Number(line);
}
