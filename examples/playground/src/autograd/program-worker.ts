/** The worker that runs a program: its output as it comes, then its graphs as pages, and what it threw. */
import graphvizAddress from 'graphviz-script?url';
import * as lowrank from 'lowrank';
import { serveTasks } from '../shell/worker-host.js';
import type { TaskContext } from '../shell/worker-protocol.js';
import { type Compiled, compile, FILE, lineIn, ProgramError } from './compile.js';
import { printed } from './print.js';

export interface RunRequest {
  readonly source: string;
}

/** One call of a method of `console`. */
export interface Line {
  readonly kind: 'log' | 'warn' | 'error';
  readonly text: string;
}

/** A graph that the program showed, as a page of its own. */
export interface GraphPage {
  readonly title: string;
  readonly html: string;
}

export interface ThrownError {
  readonly name: string;
  readonly message: string;
  /** The line of the program, from 1; `null` where nobody knows. */
  readonly line: number | null;
}

export interface RunResult {
  readonly pages: readonly GraphPage[];
  readonly error: ThrownError | null;
}

/** Between an error and the program may lie many calls of lowrank. Engines keep ten unless they are told. */
(Error as { stackTraceLimit?: number }).stackTraceLimit = 100;

/** More is not sent: a loop that prints without end would drown the page. */
const MOST_LINES = 1000;

/** Makes a page of a tensor's graph as it is now: what is needed of it is read before this returns. */
type Show = (output: lowrank.Tensor | lowrank.Graph, options?: lowrank.ViewerOptions) => void;

const handlers = {
  async run({ source }: RunRequest, { progress }: TaskContext<Line>): Promise<RunResult> {
    captureConsole(progress);
    const pages: Promise<GraphPage>[] = [];
    try {
      const graphviz = await (await fetch(graphvizAddress)).text();
      const program = await compile(source);
      const show: Show = (output, options = {}) => {
        const { title = `Graph ${pages.length + 1}` } = options;
        const page = lowrank.toHtml(output, { programs: { [FILE]: source }, graphviz, ...options, title });
        pages.push(page.then((html) => ({ title, html })));
      };
      await execute(program, show);
      return { pages: await Promise.all(pages), error: null };
    } catch (error) {
      const shown = await Promise.allSettled(pages);
      return {
        pages: shown.flatMap((page) => (page.status === 'fulfilled' ? [page.value] : [])),
        error: thrownError(error),
      };
    }
  },

  /** A page as programs get it. The build asks for some, so that the policy allows what is in them. */
  graphPage(request: { readonly graph: lowrank.Graph; readonly graphviz: string }): Promise<string> {
    return lowrank.toHtml(request.graph, { graphviz: request.graphviz });
  },
};

export type ProgramWorker = typeof handlers;

/** Traces the calls of the program, so that its graphs know their values and lines; those of an asynchronous one cannot be. */
async function execute({ run, isAsync }: Compiled, show: Show): Promise<void> {
  const call = () => run(exportsOf(lowrank), show);
  try {
    await (isAsync ? call() : lowrank.traceCalls(() => void call()));
  } catch (error) {
    if (error instanceof lowrank.AnomalyError) {
      const { output, gradient } = error;
      show(output, { title: 'Where it happened', gradient, mark: error });
    }
    throw error;
  }
}

/** What a program may import. A name that is not there is an error on the line of the import, as in a module. */
function exportsOf(library: object): object {
  return new Proxy(library, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name);
      throw new SyntaxError(`lowrank has no export '${String(name)}'`);
    },
  });
}

function captureConsole(progress: (line: Line) => void): void {
  let count = 0;
  const print = (kind: Line['kind'], text: string) => {
    count++;
    if (count <= MOST_LINES) progress({ kind, text });
    else if (count === MOST_LINES + 1)
      progress({ kind: 'warn', text: `Only the first ${MOST_LINES} lines are shown.` });
  };
  for (const [method, kind] of Object.entries(KINDS))
    console[method as 'log'] = (...values: unknown[]) => print(kind, ofProgram(printed(values)));
}

const KINDS = { log: 'log', info: 'log', debug: 'log', warn: 'warn', error: 'error' } as const;

function thrownError(error: unknown): ThrownError {
  if (!(error instanceof Error)) return { name: 'Thrown', message: printed([error]), line: null };
  const { name, message, stack = '' } = error;
  const line = error instanceof ProgramError ? error.line : lineIn(stack);
  return { name, message: ofProgram(message), line };
}

/** A text without the lines of stacks that lie in this worker: what is left of a stack are lines of the program. */
function ofProgram(text: string): string {
  const isOwn = (line: string) => /^\s*at .*\/workers\//.test(line);
  return text
    .split('\n')
    .filter((line) => !isOwn(line))
    .join('\n');
}

serveTasks(handlers);
