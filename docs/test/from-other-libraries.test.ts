/** What guides say to those who come from PyTorch or tfjs: names that both sides have, all names of ours, and programs that agree. */
import { describe, expect, it } from '@jest/globals';
import * as lowrank from 'lowrank';
import { programsOf, readDocument } from '../site/markdown.mjs';
import { PYTORCH, printedBy, TFJS } from './rivals.js';
import { codeOf, namesUnder, rowsOf, sectionOf } from './tables.js';

const { defaultGenerator, Linear, SGD, StepLR, tensor } = lowrank;
const fromPytorch = readDocument(PYTORCH.document);
const exports = new Set(Object.keys(lowrank));

const model = new Linear(1, 1);
const optimizer = new SGD(model.parameters(), { lr: 1 });

/** What stands before a dot in the guides' columns of lowrank. */
const RECEIVERS: Readonly<Record<string, object>> = {
  x: tensor(1),
  model,
  optimizer,
  schedule: new StepLR(optimizer, 1),
  generator: defaultGenerator,
};

/** The name that a piece of code begins with: an export, or a property such as `x.shape`. */
function nameIn(code: string): string {
  return /^(?:await )?(\w+(?:\.\w+)?)/.exec(code)?.[1] ?? code;
}

function exists(name: string): boolean {
  const [receiver, property] = name.split('.');
  return property === undefined ? exports.has(receiver) : property in (RECEIVERS[receiver] ?? {});
}

/** In milliseconds: another library takes a while to load on a busy machine. */
const PATIENCE = 120_000;

/** Jest shows a skipped test without its reason, so the reason is in its name. */
const where = (isInstalled: boolean, advice: string) =>
  isInstalled ? { test: it, reason: '' } : { test: it.skip, reason: ` (it is not installed: ${advice})` };

describe.each([PYTORCH, TFJS])('the guide for those who come from $name', (rival) => {
  const document = readDocument(rival.document);
  const rows = rowsOf(document, rival.name);
  const { test, reason } = where(rival.isInstalled(), rival.advice);

  it('has a name of ours in each row', () => {
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ ours }) => ours.length === 0)).toEqual([]);
  });

  it('names only what lowrank has', () => {
    expect(rows.flatMap(({ ours }) => ours.map(nameIn)).filter((name) => !exists(name))).toEqual([]);
  });

  test(
    `names only what ${rival.name} has${reason}`,
    () => {
      const names = rows.flatMap(({ theirs }) => theirs).flatMap((code) => namesUnder(rival.roots, code));
      expect(names.length).toBeGreaterThan(rows.length / 2);
      const missing = `${rival.roots[0]}.nothing`;
      expect(rival.run(rival.missing([...names, missing])).trim()).toBe(missing);
    },
    PATIENCE,
  );

  const programs = programsOf(document, rival.syntax);
  test.each(programs.map((program) => [program.line, program] as const))(
    `has a program in line %i that prints what it says${reason}`,
    (_, program) => {
      expect(printedBy(rival, program)).toEqual(program.prints);
    },
    PATIENCE,
  );

  it('says that our program prints the same', () => {
    expect(programs.map(({ prints }) => prints)).toEqual(
      programsOf(document)
        .slice(0, programs.length)
        .map(({ prints }) => prints),
    );
  });
});

describe('the tables for those who come from PyTorch', () => {
  const inTables = rowsOf(fromPytorch, 'PyTorch').flatMap(({ ours }) => ours.map(nameIn));
  const onlyHere = codeOf(sectionOf(fromPytorch, 'Only here')).filter((code) => code !== 'lowrank');

  const named = [...inTables.map((name) => name.replace(/^x\./, '')), ...onlyHere.map(nameIn)];

  it('have all that lowrank exports, and all members of tensors', () => {
    const members = Object.getOwnPropertyNames(lowrank.Tensor.prototype).filter(
      (name) => name !== 'constructor',
    );
    expect([...exports, ...members].filter((name) => !named.includes(name))).toEqual([]);
  });

  it('name no export twice', () => {
    const all = [...inTables, ...onlyHere].filter((name) => exports.has(name));
    expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([]);
  });

  it('have nothing among what is only here that is not', () => {
    expect(onlyHere.map(nameIn).filter((name) => !exists(name))).toEqual([]);
  });

  it('list as missing only what is', () => {
    const missing = codeOf(sectionOf(fromPytorch, 'What is not there'));
    expect(missing.length).toBeGreaterThan(5);
    expect(missing.filter((name) => exports.has(name) || name in lowrank.Tensor.prototype)).toEqual([]);
  });
});
