/** Documents do not lie: their code runs and prints what they say; their quotations, commands and links are right. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useGpu } from 'lowrank';
import {
  anchorsOf,
  internalLinksOf,
  linksOf,
  type Program,
  programsOf,
  quotationsOf,
  readDocument,
  readDocuments,
  snippetsOf,
} from '../site/markdown.mjs';
import { GUIDES } from '../site/navigation.mjs';
import { isExternal, ROOT, targetOf } from '../site/places.mjs';
import { commandsOf, faultOf } from './commands.js';
import { run, typeErrors } from './run.js';

const documents = readDocuments();
const programs = documents.flatMap((document) => programsOf(document));
const place = ({ document, line }: Program) => `${document}:${line}`;

const needsGpu = ({ code }: Program) => /\buseGpu\(/.test(code);

/** Why programs that take a GPU cannot run here, if so. */
const reasonAgainstGpu = await useGpu().then(
  () => undefined,
  (cause: Error) => cause.message,
);

/** In milliseconds: a snippet may train a network, on a busy machine. */
const PATIENCE = 120_000;

const SAMPLE = {
  path: 'docs/sample.md',
  lines: [
    '# Title',
    '```ts',
    "import { tensor } from '@lowrank/tensor';",
    'const x = tensor([1, 2]);',
    'console.log(x); // -> tensor([1., 2.])',
    '```',
    'Then [this](../other.md#part), [that](https://example.org) and [there](#title).',
    '```ts',
    'console.log(x.sum().item(), await Promise.resolve("later"));',
    '// -> 3 later',
    '```',
    '```sh',
    'cd packages/tensor',
    'npm run nothing   # says why',
    '```',
    '```ts from src/zeros.ts',
    'export function zeros(shape: Shape): Tensor {',
    '```',
    '```ts',
    "import { zeros } from '@lowrank/tensor';",
    'const n: string = zeros([2]).shape[0];',
    'console.log(n);',
    '```',
    '## `A` part: [1](a.md)',
    '## Title',
    'Type `node nowhere.mjs`, `npm test` or `npx lowrank mnist --quick --slow`.',
  ],
};

describe('the snippets of documents', () => {
  const home = process.cwd();
  let folder: string;

  // Files that a snippet writes go to a folder of their own.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lowrank-documents-'));
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(programs.map((program) => [place(program), program] as const))('%s', (_, program) => {
    const isOutOfReach = reasonAgainstGpu !== undefined && needsGpu(program);
    (isOutOfReach ? it.skip : it)(
      isOutOfReach ? `run, where there is a GPU: ${reasonAgainstGpu}` : 'run, and print what they say',
      async () => {
        expect(await run(program)).toEqual(program.prints);
      },
      PATIENCE,
    );
  });

  it(
    'have right types, but for the sample below',
    () => {
      expect(typeErrors([...programs, ...programsOf(SAMPLE)])).toEqual([
        "docs/sample.md:21: Type 'number' is not assignable to type 'string'.",
      ]);
    },
    PATIENCE,
  );
});

/** What a fence may say, and who checks what follows it. A fence that says nothing begins what is no code. */
const LANGUAGES = [
  ['', 'nobody'],
  ['ts', 'the tests above'],
  ['ts from', 'the quotations below'],
  ['sh', 'the commands below'],
  ['py', 'from-other-libraries.test.ts'],
  ['js tfjs', 'from-other-libraries.test.ts'],
];

describe.each(documents.map((document) => [document.path, document] as const))('%s', (path, document) => {
  it('links to files and headings that exist', () => {
    const wrong = internalLinksOf(document).filter((link) => {
      const target = targetOf(path, link);
      if (!existsSync(join(ROOT, target.path))) return true;
      return target.anchor !== '' && !anchorsOf(readDocument(target.path)).includes(target.anchor);
    });
    expect(wrong).toEqual([]);
  });

  it('links to other sites by whole addresses', () => {
    for (const link of linksOf(document).filter(isExternal)) {
      expect(new URL(link)).toMatchObject({
        protocol: expect.stringMatching(/^https?:$/),
        hash: expect.any(String),
      });
    }
  });

  it('has no code that nobody checks', () => {
    const languages = snippetsOf(document).map(({ info }) => info.replace(/ from .*$/, ' from'));
    expect(languages.filter((language) => !LANGUAGES.some(([known]) => known === language))).toEqual([]);
  });

  it('tells to type what there is', () => {
    expect(commandsOf(document).flatMap((command) => faultOf(command) ?? [])).toEqual([]);
  });

  it('quotes code as it is', () => {
    for (const { source, text } of quotationsOf(document)) {
      expect(withoutLayout(readFileSync(join(ROOT, source), 'utf8'))).toContain(withoutLayout(text));
    }
  });
});

describe('the sidebar of the site', () => {
  it('names each guide once', () => {
    const guides = documents
      .map(({ path }) => /^docs\/(.*)\.md$/.exec(path)?.[1])
      .filter((name) => name !== undefined);
    expect(Object.values(GUIDES).flat().sort()).toEqual(guides.sort());
  });
});

describe('README.md', () => {
  it('counts what docs/truth.md lists, and other tests count', () => {
    const truth = readFileSync(join(ROOT, 'docs/truth.md'), 'utf8');
    const sum = (pattern: RegExp) =>
      [...truth.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
    const comparisons = sum(/(\d+) comparisons/g).toLocaleString('en-US');
    const [, ops] = /(\d+ ops and functions): /.exec(truth) ?? [];
    const inputs = sum(/(\d+) (?:inputs,|times, 20 steps)/g).toLocaleString('en-US');
    const readme = withoutLayout(readFileSync(join(ROOT, 'README.md'), 'utf8'));
    expect(readme).toContain(`compares ${ops}, `);
    expect(readme).toContain(`${comparisons} comparisons on ${inputs} sets of inputs`);
  });
});

/** Indentation and line breaks may differ. */
function withoutLayout(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

describe('the reading of documents', () => {
  const [first, second] = programsOf(SAMPLE);

  it('joins a snippet that imports nothing to the one before it', () => {
    expect([first.line, second.line, first.prints]).toEqual([3, 20, ['tensor([1., 2.])', '3 later']]);
    expect(first.code.split('\n')[8]).toBe('console.log(x.sum().item(), await Promise.resolve("later"));');
  });

  it('runs what it has read', async () => {
    expect(await run(first)).toEqual(['tensor([1., 2.])', '3 later']);
    expect(await run(second)).not.toEqual(second.prints);
  });

  it('finds quotations', () => {
    expect(quotationsOf(SAMPLE)).toEqual([
      { source: 'src/zeros.ts', text: 'export function zeros(shape: Shape): Tensor {' },
    ]);
  });

  it('finds links, and the anchors of headings as GitHub makes them', () => {
    expect(internalLinksOf(SAMPLE)).toEqual(['../other.md#part', '#title', 'a.md']);
    expect(targetOf(SAMPLE.path, '../other.md#part')).toEqual({ path: 'other.md', anchor: 'part' });
    expect(targetOf(SAMPLE.path, '#title')).toEqual({ path: 'docs/sample.md', anchor: 'title' });
    expect(anchorsOf(SAMPLE)).toEqual(['title', 'a-part-1', 'title-1']);
  });

  it('finds commands, and what is wrong with them', () => {
    expect(commandsOf(SAMPLE).map(faultOf)).toEqual([
      'packages/tensor/package.json has no script nothing',
      'there is no nowhere.mjs',
      null,
      'lowrank mnist has no option --slow',
    ]);
  });

  it('refuses a document whose first snippet imports nothing', () => {
    expect(() => programsOf({ path: 'README.md', lines: ['```ts', 'f();', '```'] })).toThrow(
      /^README\.md:2: /,
    );
  });
});
