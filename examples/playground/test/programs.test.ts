// How programs of the playground are made ready to run, and how what they print is written.
import { describe, expect, it } from '@jest/globals';
import { tensor } from 'lowrank';
import { lineIn, ProgramError, withoutImports } from '../src/autograd/compile.js';
import { printed } from '../src/autograd/print.js';

describe('the imports of a program', () => {
  it('become variables, on as many lines', () => {
    expect(
      withoutImports('import { a } from \'lowrank\';\nimport {\n  b as c,\n  d,\n} from "lowrank";'),
    ).toBe('const { a } = lowrank;\nconst {\n  b : c,\n  d,\n} = lowrank;');
    expect(withoutImports("import * as all from 'lowrank'")).toBe('const all = lowrank');
  });

  it('can only be from lowrank: others are refused with their line', () => {
    const refused = () => withoutImports("import { a } from 'lowrank';\n\nimport fs from 'node:fs';\n");
    expect(refused).toThrow(ProgramError);
    expect(refused).toThrow(expect.objectContaining({ line: 3 }));
  });

  it('are not looked for in what only resembles them', () => {
    const program = "const text = `import`;\nconst later = import('x');\nimportant();";
    expect(withoutImports(program)).toBe(program);
  });
});

describe('the line of an error', () => {
  it('is the innermost one of the program', () => {
    const stack =
      'Error: x\n    at matmul (http://h/worker.js:1:2)\n    at f (program.js:7:3)\n    at program.js:9:1';
    expect(lineIn(stack)).toBe(7);
  });

  it('is unknown if the stack does not come through the program', () => {
    expect(lineIn('Error: x\n    at http://h/worker.js:1:2')).toBeNull();
  });
});

describe('what is printed', () => {
  class Point {
    x = 1;
  }
  const deep = [[[[[['deep']]]]]];
  const cases: readonly (readonly [readonly unknown[], string])[] = [
    [['a', 1, true, null, undefined, -0, 2n], 'a 1 true null undefined -0 2'],
    [[tensor([1, 2])], 'tensor([1., 2.])'],
    [[[tensor(1), 'text']], "[ tensor(1.), 'text' ]"],
    [[{ a: [1, 2], f: Math.sin }], '{ a: [ 1, 2 ], f: [Function: sin] }'],
    [[new Point()], 'Point { x: 1 }'],
    [[[], {}], '[] {}'],
    [[Float32Array.of(1, 2)], 'Float32Array [ 1, 2 ]'],
    [[new Map([['k', 1]]), new Set([3])], "Map { [ 'k', 1 ] } Set { 3 }"],
    [[new TypeError('no')], 'TypeError: no'],
    [[deep], '[ [ [ [ [ … ] ] ] ] ]'],
    [[Array.from({ length: 102 }, () => 0)], `[ ${'0, '.repeat(100)}… 2 more ]`],
  ];
  for (const [values, text] of cases) {
    it(`looks like ${text.slice(0, 40)}`, () => {
      expect(printed(values)).toBe(text);
    });
  }

  it('ends where things hold each other', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(printed([loop])).toContain('…');
  });
});
