/** The side of the protocol that a worker in JavaScript sees. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { encodeFloats, messageLine } from '../src/protocol.mjs';

/**
 * @typedef {object} Ready
 * @property {string} about What runs, in words: name, version, mode.
 * @property {() => Float32Array | Promise<Float32Array>} run The work, down to its result in plain JavaScript memory.
 * @property {() => unknown} [timed] What is timed in its place: for the GPU, the work until its result is there. Default: `run`.
 */

/**
 * Answers for one contestant and one case. Whatever `prepare` throws is why the contestant is absent.
 *
 * @param {(task: import('../src/protocol.mjs').Task) => Promise<Ready>} prepare
 */
export async function serve(prepare) {
  // Standard output belongs to the protocol; engines greet on the console.
  console.log = console.error;
  try {
    const task = JSON.parse(process.argv.at(-1));
    const { about, run, timed = run } = await prepare(task);
    const { values, seconds } = await firstResults(run, task.case.runs);
    // Who is slow is warm by now, or would take too long to become so.
    const warm =
      seconds > task.warmUp ? { seconds, calls: task.case.runs } : await repeat(timed, task.warmUp);
    send({ ready: true, about, values: encodeFloats(values), secondsPerRun: warm.seconds / warm.calls });
    for await (const line of createInterface({ input: process.stdin })) {
      const { seconds } = JSON.parse(line);
      send(await turn(timed, seconds));
    }
    process.exit();
  } catch (error) {
    process.stdout.write(messageLine({ error: firstLine(error) }), () => process.exit(1));
  }
}

/** @param {object} message */
function send(message) {
  process.stdout.write(messageLine(message));
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0];
}

/** The results of the first runs, one after the other, and how long they took. */
async function firstResults(run, runs) {
  const start = performance.now();
  const results = [];
  for (let i = 0; i < runs; i++) {
    const values = await run();
    if (!(values instanceof Float32Array)) throw new TypeError('the result is not a Float32Array');
    results.push(Float32Array.from(values));
  }
  const seconds = (performance.now() - start) / 1000;
  const joined = new Float32Array(results.reduce((length, values) => length + values.length, 0));
  results.reduce((offset, values) => {
    joined.set(values, offset);
    return offset + values.length;
  }, 0);
  return { values: joined, seconds };
}

/** A run that is quick wakes caches and threads first; one that takes longer than the turn needs no such help. */
async function turn(run, seconds) {
  const { seconds: woken } = await repeat(run, 0);
  return woken < seconds / 2 ? repeat(run, seconds) : { seconds: woken, calls: 1 };
}

/** Runs for `seconds`, at least once. */
async function repeat(run, seconds) {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  do {
    const result = run();
    // Waiting for what is not a promise would add a turn of the event loop to each run.
    if (result instanceof Promise) await result;
    calls++;
    elapsed = (performance.now() - start) / 1000;
  } while (elapsed < seconds);
  return { seconds: elapsed, calls };
}

/** The version in the package.json of an installed package. @param {string} name */
export async function versionOf(name) {
  // Most packages do not export their package.json, so it is looked for from here upwards.
  for (const base of ['../node_modules/', '../../node_modules/']) {
    const found = await readFile(new URL(`${base}${name}/package.json`, import.meta.url), 'utf8').catch(
      () => {},
    );
    if (found !== undefined) return JSON.parse(found).version;
  }
  throw new Error(`${name} is not installed`);
}
