/** Programs of documents that are written for another library, run by that library where it is installed. */
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../site/markdown.mjs';
import { ROOT } from '../site/places.mjs';

/** A library that a guide compares ours with. */
export interface Rival {
  readonly name: string;
  /** What the fences of its programs say, and how their language writes imports and comments. */
  readonly syntax: { readonly language: string; readonly imports: RegExp; readonly comment: string };
  /** The guide that the programs stand in. */
  readonly document: string;
  /** What its names in the guide begin with, up to the first dot. */
  readonly roots: readonly string[];
  /** Whether it is installed here. */
  readonly isInstalled: () => boolean;
  /** How it can be had. */
  readonly advice: string;
  /** Runs a program, and gives what it prints. */
  readonly run: (code: string) => string;
  /** A program that prints which of these names the library does not have, one a line. */
  readonly missing: (names: readonly string[]) => string;
}

const QUIET: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
};

const PYTHON = '/usr/bin/python3';
/** Importing it would take seconds. */
const HAS_TORCH = 'import importlib.util; print(importlib.util.find_spec("torch") is not None)';
const PEERS = join(ROOT, 'benches/peers');

/** What stands before the first dot of a name in the guide, as Python calls it. */
const PYTORCH_NAMES = {
  torch: 'torch',
  Tensor: 'torch.Tensor',
  nn: 'torch.nn',
  F: 'torch.nn.functional',
  optim: 'torch.optim',
  lr_scheduler: 'torch.optim.lr_scheduler',
  init: 'torch.nn.init',
  utils: 'torch.nn.utils',
  parametrize: 'torch.nn.utils.parametrize',
  data: 'torch.utils.data',
};

export const PYTORCH: Rival = {
  name: 'PyTorch',
  syntax: { language: 'py', imports: /^(import|from) /, comment: '#' },
  document: 'docs/from-pytorch.md',
  roots: Object.keys(PYTORCH_NAMES),
  isInstalled: () => existsSync(PYTHON) && execFileSync(PYTHON, ['-c', HAS_TORCH], QUIET).trim() === 'True',
  advice: 'apt-get install python3-torch',
  run: (code) => execFileSync(PYTHON, ['-c', code], QUIET),
  missing: (names) => `
import torch, torch.utils.checkpoint, torch.utils.data, torch.nn.utils.parametrize
roots = {${Object.entries(PYTORCH_NAMES).map(([name, value]) => `'${name}': ${value}`)}}
for name in ${JSON.stringify(names)}:
    root, *rest = name.split('.')
    value = roots[root]
    for part in rest:
        # A field that instances alone have is annotated in their class.
        value = part in getattr(value, '__annotations__', {}) or getattr(value, part, None)
    if value is None: print(name)
`,
};

export const TFJS: Rival = {
  name: 'tfjs',
  syntax: { language: 'js tfjs', imports: /^import /, comment: '//' },
  document: 'docs/from-tfjs.md',
  roots: ['tf'],
  // The file is what npm writes last.
  isInstalled: () => existsSync(join(PEERS, 'node_modules/.package-lock.json')),
  advice: 'npm run bench:peers',
  run: (code) =>
    execFileSync(process.execPath, ['--input-type=module', '--eval', code], { ...QUIET, cwd: PEERS }),
  missing: (names) => `
import * as tf from '@tensorflow/tfjs';
const owners = { ...tf, Tensor: tf.scalar(1), LayersModel: tf.sequential() };
for (const name of ${JSON.stringify(names)}) {
  const [, ...parts] = name.split('.');
  const owner = parts.slice(0, -1).reduce((value, part) => value?.[part], owners);
  if (!(parts.at(-1) in Object(owner))) console.log(name);
}
`,
};

/** The lines that a program prints. */
export function printedBy(rival: Rival, { code }: Pick<Program, 'code'>): string[] {
  return rival.run(code).trimEnd().split('\n');
}
