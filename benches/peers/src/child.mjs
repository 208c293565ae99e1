/** A contestant's process, as the parent sees it. */
import { spawn } from 'node:child_process';
import { messageLine, messageReader } from './protocol.mjs';

/** A few lines are enough to see why a process ended. */
const KEPT_OF_STDERR = 2000;

export class Child {
  #process;
  #errors = '';
  #answers = [];
  /** The question that waits for an answer: its resolve and reject. */
  #waiting;
  /** Set once no more answers can come. */
  #ended;

  /**
   * @param {string} command
   * @param {readonly string[]} args
   * @param {Record<string, string>} [env] Added to this process's own.
   */
  constructor(command, args, env = {}) {
    this.#process = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
    const { stdin, stdout, stderr } = this.#process;
    // What a process that has ended is asked is lost; its end is reported below.
    stdin.on('error', () => {});
    stderr.setEncoding('utf8').on('data', (chunk) => {
      this.#errors = (this.#errors + chunk).slice(-KEPT_OF_STDERR);
    });
    stdout.setEncoding('utf8').on(
      'data',
      messageReader((message) => this.#receive(message)),
    );
    this.#process.on('error', (error) => this.#end(error.message));
    this.#process.on('close', (code, signal) =>
      this.#end(`${this.#lastWords()} (${signal ?? `exit code ${code}`})`),
    );
  }

  /**
   * The next message, after `question`, if any, was sent.
   *
   * @param {{ question?: object, limit: number }} options The limit is in seconds; who exceeds it is stopped.
   * @throws Error with the reason, if the process ends, takes too long, or reports an error.
   */
  async answer({ question, limit }) {
    if (question !== undefined) this.#process.stdin.write(messageLine(question));
    const timer = setTimeout(() => {
      this.#end(`gave no answer within ${limit} s`);
      this.stop();
    }, limit * 1000);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
        this.#settle();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  stop() {
    this.#process.kill('SIGKILL');
  }

  #receive(message) {
    this.#answers.push(message);
    this.#settle();
  }

  #end(reason) {
    this.#ended ??= reason;
    this.#settle();
  }

  /** Answers the waiting question, if there is one and something to say. */
  #settle() {
    if (this.#waiting === undefined) return;
    const { resolve, reject } = this.#waiting;
    const message = this.#answers.shift();
    if (message === undefined && this.#ended === undefined) return;
    this.#waiting = undefined;
    if (message?.error !== undefined) reject(new Error(message.error));
    else if (message !== undefined) resolve(message);
    else reject(new Error(this.#ended));
  }

  /** The line of standard error that names the error, or else the last one. */
  #lastWords() {
    const lines = this.#errors.split('\n').filter((line) => line.trim() !== '');
    return (lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1) ?? 'ended without a word').trim();
  }
}
