/** The `lowrank` command. */
import { createRequire } from 'node:module';
import { LowrankError, setWideSimd } from '@lowrank/tensor';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { exampleCommand } from './example-command.js';
import { INTERRUPTED, Interrupted } from './interrupted.js';
import { mnistCommand } from './mnist/command.js';
import { playgroundCommand } from './playground-command.js';

/**
 * Runs the command line.
 * @param argv The arguments after the program's name.
 * @returns The exit code: 0, 1 for an error, 130 after Ctrl-C.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  // Here it is our process, so the wide pass is on unless someone says otherwise; where there is none this does nothing.
  if (process.env.LOWRANK_WIDE_SIMD === undefined) setWideSimd(true);
  const stop = new AbortController();
  const onInterrupt = () => stop.abort(new Interrupted());
  // Once: a second Ctrl-C ends the process at once.
  process.once('SIGINT', onInterrupt);
  const program = new Command('lowrank')
    .description('Tensors, autograd and LoRA in TypeScript: train, adapt, look inside.')
    .version(version)
    .exitOverride()
    .addCommand(mnistCommand(stop.signal))
    .addCommand(exampleCommand(stop.signal))
    .addCommand(playgroundCommand(stop.signal));
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    return report(error);
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof Interrupted) {
    console.error(`\n${pc.yellow('Stopped.')} Nothing was written.`);
    return INTERRUPTED;
  }
  if (error instanceof LowrankError) console.error(`${pc.red(error.name)}: ${error.message}`);
  else console.error(error);
  return 1;
}
