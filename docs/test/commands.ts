/** The commands that documents tell to type: whether there is what they name. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, snippetsOf } from '../site/markdown.mjs';
import { ROOT } from '../site/places.mjs';

interface Command {
  /** The folder that it is typed in, seen from the root. */
  readonly folder: string;
  readonly words: readonly string[];
}

/** The commands in blocks of `sh`, and those in the text that begin with npm, npx or node. */
export function commandsOf(document: Pick<Document, 'lines'>): Command[] {
  const blocks = snippetsOf(document).filter(({ info }) => info === 'sh');
  const inBlocks = blocks.flatMap(({ code }) => inOrder(code));
  const text = document.lines.join('\n').replace(/```[\s\S]*?```/g, '');
  const inText = [...text.matchAll(/`((?:npm|npx|node) [^`]+)`/g)].flatMap(([, line]) => inOrder([line]));
  return [...inBlocks, ...inText];
}

function inOrder(lines: readonly string[]): Command[] {
  let folder = '.';
  return lines.flatMap((line) => {
    const words = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/)
      .filter((word) => !/^[A-Z_]+=/.test(word));
    if (words[0] === 'cd') folder = join(folder, words[1]);
    return words[0] === 'cd' || words[0] === '' ? [] : [{ folder, words }];
  });
}

/** What is wrong with a command; `null` if there is what it names. */
export function faultOf({ folder, words }: Command): string | null {
  const [program, ...rest] = words;
  const check = CHECKS.get(program);
  if (check === undefined) return `nobody knows how to check ${program}`;
  return check(rest, folder);
}

type Check = (words: readonly string[], folder: string) => string | null;

const CHECKS = new Map<string, Check>([
  ['npm', checkNpm],
  ['npx', checkNpx],
  ['node', checkFile],
  ['python3', checkFile],
  ['/usr/bin/python3', checkFile],
]);

function checkNpm([verb, name]: readonly string[], folder: string): string | null {
  if (verb === 'install') return null;
  const script = verb === 'run' ? name : verb;
  const { scripts = {} } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  return script in scripts ? null : `${folder}/package.json has no script ${script}`;
}

/** Names of files that the reader is told to make. */
const OF_THE_READER = ['first.mjs'];

function checkFile([file]: readonly string[], folder: string): string | null {
  return OF_THE_READER.includes(file) || existsSync(join(ROOT, folder, file)) ? null : `there is no ${file}`;
}

function checkNpx([program, command, ...rest]: readonly string[]): string | null {
  if (program !== 'lowrank') return `npx ${program} is not ours`;
  if (!/^ {2}(?!help)[a-z]+/m.test(help()) || !new RegExp(`^ {2}${command}\\b`, 'm').test(help())) {
    return `lowrank has no command ${command}`;
  }
  const text = help(command);
  const unknown = rest.find((word) => word.startsWith('--') && !text.includes(word));
  return unknown === undefined ? null : `lowrank ${command} has no option ${unknown}`;
}

const helps = new Map<string, string>();

function help(...command: string[]): string {
  const key = command.join(' ');
  const bin = join(ROOT, 'packages/lowrank/bin/lowrank.js');
  const text =
    helps.get(key) ?? execFileSync(process.execPath, [bin, ...command, '--help'], { encoding: 'utf8' });
  helps.set(key, text);
  return text;
}
