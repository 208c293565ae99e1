/** Starting the process of a contestant, in Node or in Python. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Child } from './child.mjs';
import { modeOf } from './contestants.mjs';

/**
 * @param {import('./contestants.mjs').Contestant} contestant
 * @param {import('./cases.mjs').Case} task
 * @param {number} warmUp In seconds.
 * @throws Error if what it runs in is not there.
 */
export function startContestant(contestant, task, warmUp) {
  const { engine, threads, wide } = contestant;
  const { flags, env } = modeOf(contestant);
  const worker = fileURLToPath(new URL(`../workers/${engine.worker}`, import.meta.url));
  const argument = JSON.stringify({ case: task, threads, wide, warmUp, options: engine.options });
  if (worker.endsWith('.py')) return new Child(python(), [worker, argument], env);
  return new Child(process.execPath, [...flags, worker, argument], env);
}

let foundPython;

/** The first Python that has PyTorch: the one that $PYTHON names, the one of the path, the system's. */
function python() {
  foundPython ??= [process.env.PYTHON, 'python3', '/usr/bin/python3', 'python']
    .filter((command) => command !== undefined)
    .find((command) => spawnSync(command, ['-c', 'import torch']).status === 0);
  if (foundPython === undefined) {
    throw new Error('no python3 here can import torch (Debian: apt-get install python3-torch libopenblas0)');
  }
  return foundPython;
}
