/** `lowrank example`: runs one of the scripts of examples/, which the build puts beside the code of this package. */
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError } from '@lowrank/tensor';
import { Command } from 'commander';
import pc from 'picocolors';
import { INTERRUPTED } from './interrupted.js';

const FOLDER = new URL('../dist/examples/', import.meta.url);

interface Flags {
  readonly json: boolean;
  readonly quick: boolean;
}

interface Example {
  readonly name: string;
  /** The comment that the script opens with. */
  readonly about: string;
  readonly script: URL;
}

/**
 * The command.
 * @param signal Ends the process while a script runs, which cannot be asked to stop.
 */
export function exampleCommand(signal: AbortSignal): Command {
  return new Command('example')
    .description('Run one of the examples, or list them.')
    .argument('[name]', 'its name, or the number that its name begins with')
    .option('--json', 'print the results as JSON, and nothing else', false)
    .option('--quick', 'use a tenth of the data, where an example trains on much', false)
    .action(async (name: string | undefined, flags: Flags) => {
      const examples = await listExamples();
      if (name !== undefined) await run(findExample(examples, name), flags, signal);
      else if (flags.json) printJson(examples.map(({ name, about }) => ({ name, about })));
      else printList(examples);
    });
}

async function listExamples(): Promise<Example[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.mjs')).sort();
  return Promise.all(
    files.map(async (file) => {
      const script = new URL(file, FOLDER);
      const [opening = ''] = (await readFile(script, 'utf8')).split('\n');
      return { name: basename(file, '.mjs'), about: opening.replace(/^\/\/ /, ''), script };
    }),
  );
}

/** @throws ArgumentError that lists all examples, if there is none of this name. */
function findExample(examples: readonly Example[], wanted: string): Example {
  const found = examples.find(({ name }) => name === wanted || name.startsWith(`${wanted}-`));
  if (found !== undefined) return found;
  const names = examples.map(({ name }) => name).join(', ');
  throw new ArgumentError('example', `there is no example '${wanted}'; there are ${names}`);
}

function printList(examples: readonly Example[]): void {
  const width = Math.max(...examples.map(({ name }) => name.length));
  for (const { name, about } of examples) console.log(`${pc.bold(name.padEnd(width))}  ${about}`);
}

function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

/** Runs a script as `node <script>` does, in this process; what it exports as `results` is what it found. */
async function run({ script }: Example, { json, quick }: Flags, signal: AbortSignal): Promise<void> {
  // In the next turn of the event loop: progress bars restore the terminal in this one.
  signal.addEventListener('abort', () => setImmediate(() => process.exit(INTERRUPTED)));
  const { argv } = process;
  const { log } = console;
  process.argv = [process.execPath, fileURLToPath(script), ...(quick ? ['--quick'] : [])];
  if (json) console.log = () => undefined;
  try {
    const { results } = (await import(script.href)) as { readonly results: unknown };
    if (json) {
      console.log = log;
      printJson(results);
    }
  } finally {
    process.argv = argv;
    console.log = log;
  }
}
