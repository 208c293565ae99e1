// The playground's tab *Autograd* in Chromium: its programs, their graphs, what goes wrong in them, and how they are stopped.
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { seriousFaults } from '../../../tools/testing/accessibility.js';
import { inChromium } from '../../../tools/testing/chromium.js';
import { differences, type Gradients, gradientsInNode } from './gradients.js';
import { type Playground, setColours, startPlayground, widthAt } from './playground.js';

const FOLDER = new URL('../src/autograd/programs/', import.meta.url);
const PROGRAMS = readdirSync(FOLDER).map((file) => basename(file, '.js'));

const sourceOf = (program: string) => readFileSync(new URL(`${program}.js`, FOLDER), 'utf8');

const HOSTILE = `"'><img src=x: onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>`;

inChromium('the tab Autograd in Chromium', () => {
  let playground: Playground;
  /** One page for all tests that need no other: it has to live on, whatever they run. */
  let page: Page;

  beforeAll(async () => {
    playground = await startPlayground();
    page = await playground.open('autograd');
  });

  afterAll(async () => {
    await playground?.close();
  });

  /** Puts a program in the place of the one in the editor, by keyboard. */
  async function write(source: string): Promise<void> {
    await page.hover('.editor');
    await page.click('.CodeMirror');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(source);
  }

  async function run(source: string): Promise<void> {
    await write(source);
    await page.keyboard.press('Control+Enter');
    await ended(page);
  }

  const ended = (page: Page) => page.waitForSelector('button:text-is("Run")');
  const output = async () => (await page.locator('.output pre').allTextContents()).join('\n');
  const problem = async () => (await page.locator('.problem > *').allTextContents()).join('\n');
  const graph = () => page.frameLocator('.graph-frame');

  /** What the graph shows on its leaves, at the step that it stands at. */
  async function shownGradients(): Promise<Gradients> {
    const leaves = await graph()
      .locator('.leaves tr[data-leaf]')
      .evaluateAll((rows) =>
        rows.map((row) => [
          row.querySelector('th')?.textContent,
          Array.from(row.querySelectorAll('td[data-value]'), (cell) => cell.getAttribute('data-value')),
        ]),
      );
    return Object.fromEntries(leaves.map(([leaf, numbers]) => [leaf, (numbers as string[]).map(Number)]));
  }

  it('offers a dozen programs, each under its first line, and runs the one that is chosen', async () => {
    const titles = await page.locator('.examples option').allTextContents();
    expect(PROGRAMS.length).toBeGreaterThanOrEqual(12);
    expect(titles).toEqual(PROGRAMS.map((name) => sourceOf(name).split('\n')[0]?.slice('// '.length)));
    await page.selectOption('.examples', '02-paths-meet');
    await ended(page);
    expect(await output()).toContain('x.grad = tensor([ 3., 12., 27.])');
  });

  for (const program of PROGRAMS) {
    it(`runs ${program}, and its graph shows the gradients that x.grad has in Node`, async () => {
      await run(sourceOf(program));
      expect(await page.locator('.problem').allTextContents()).toEqual([]);
      await graph().locator('g.box').first().waitFor();
      await graph().locator('#last').click();
      expect(await graph().locator('#position').textContent()).toMatch(/^(\d+) of \1: /);
      const shown = await shownGradients();
      const inGrad = gradientsInNode(sourceOf(program));
      expect(Object.keys(shown).length).toBeGreaterThan(0);
      expect(differences(shown, inGrad)).toEqual([]);
    });
  }

  it('shows each of several graphs, and the line of the program at each op', async () => {
    await run(`import { tensor } from 'lowrank';
const x = tensor(2, { requiresGrad: true });
show(x.exp(), { title: 'first' });
show(x.sin(), { title: 'second' });`);
    await graph().locator('h1:text-is("second")').waitFor();
    await page.selectOption('select[aria-label="Which graph"]', { label: 'first' });
    await graph().locator('h1:text-is("first")').waitFor();
    await graph().locator('g.box').first().waitFor();
    expect(await graph().locator('#node').textContent()).toMatch(/program\.js:3:[\s\S]*show\(x\.exp\(\)/);
  });

  it('saves the page of a graph', async () => {
    await run(sourceOf('01-chain-rule'));
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Save this page')]);
    expect(download.suggestedFilename()).toBe('graph.html');
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<title>z = x/);
  });

  it('runs programs that await', async () => {
    await run("import * as lr from 'lowrank';\nconsole.log(await lr.arange(3).data());");
    expect(await output()).toBe('Int32Array [ 0, 1, 2 ]');
  });

  const MISTAKES = {
    'an op that refuses its operands': {
      source: "import { ones } from 'lowrank';\n\nones([2, 3]).matmul(ones([2, 3]));",
      problem: /^Line 3: ShapeError\n+matmul: inner dimensions differ/,
    },
    'a syntax error': {
      source: 'console.log(1);\nconst a = ;\n',
      problem: /^Line 2: SyntaxError\n+.*Unexpected token ';'/,
    },
    'a name that is declared twice': {
      source: 'const a = 1;\n\nconst a = 2;',
      problem: /^Line 3: SyntaxError\n+.*already been declared/,
    },
    'an import that lowrank does not have': {
      source: "\nimport { tensorr } from 'lowrank';",
      problem: /^Line 2: SyntaxError\n+lowrank has no export 'tensorr'/,
    },
    'an import from elsewhere': {
      source: "\n\nimport fs from 'node:fs';",
      problem: /^Line 3: SyntaxError\n+a program here can only import from 'lowrank'/,
    },
    'a graph that was let go': {
      source: `import { tensor } from 'lowrank';
        const y = tensor(2, { requiresGrad: true }).square();
        y.backward();
        show(y);`,
      problem: /^Line 4: GradientError/,
    },
    'something thrown that is no error': {
      source: 'throw { a: [1, 2] };',
      problem: /^Thrown\n+\{ a: \[ 1, 2 \] \}/,
    },
  };

  for (const [what, mistake] of Object.entries(MISTAKES)) {
    it(`names ${what}, with its line`, async () => {
      await run(mistake.source);
      expect(await problem()).toMatch(mistake.problem);
    });
  }

  it('lives on after mistakes', async () => {
    await run('console.log(6 * 7);');
    expect(await output()).toBe('42');
    expect(await page.locator('.problem').count()).toBe(0);
  });

  it('shows where a gradient became NaN when nothing catches it', async () => {
    await run(`import { detectAnomaly, tensor } from 'lowrank';
      const x = tensor([0, 1], { requiresGrad: true });
      detectAnomaly(() => x.sqrt().mul(tensor([0, 1])).sum().backward());`);
    expect(await problem()).toMatch(/^Line 3: AnomalyError\n+sqrt: [\s\S]*program\.js:3/);
    expect(await problem()).not.toMatch(/worker/);
    await graph().locator('g.box', { hasText: 'sqrt' }).waitFor();
  });

  it('stops an endless loop, keeps what it printed, and runs the next program', async () => {
    await write("console.log('before');\nfor (;;);");
    await page.click('button:text-is("Run")');
    await page.waitForSelector('.output:has-text("before")');
    await page.click('button:text-is("Stop")');
    await ended(page);
    expect(await page.locator('.card [role=alert]').textContent()).toBe('Stopped.');
    expect(await output()).toBe('before');
    await run("console.log('after');");
    expect(await output()).toBe('after');
  });

  it('cuts what is printed without end', async () => {
    await run('for (let i = 0; i < 1e4; i++) console.log(i);');
    expect((await output()).split('\n').slice(-2)).toEqual(['999', 'Only the first 1000 lines are shown.']);
  });

  it('takes nothing that a program says for markup', async () => {
    await run(`import { named, tensor } from 'lowrank';
      const hostile = ${JSON.stringify(HOSTILE)};
      console.log(hostile);
      const x = named(tensor(2, { requiresGrad: true }), hostile);
      show(x.exp(), { title: hostile });
      show(x.sin(), { title: hostile + 2 });
      throw Object.assign(new Error(hostile), { name: hostile });`);
    expect(await output()).toContain(HOSTILE);
    expect(await problem()).toContain(HOSTILE);
    await graph().locator('g.box').first().waitFor();
    expect(await graph().locator('h1').textContent()).toBe(`${HOSTILE}2`);
    for (const frame of page.frames()) {
      expect(await frame.locator('img').count()).toBe(0);
      expect(await frame.evaluate(() => 'hacked' in globalThis)).toBe(false);
    }
  });

  it('keeps the frame of a graph from the page around it', async () => {
    await run(sourceOf('01-chain-rule'));
    await graph().locator('g.box').first().waitFor();
    const reached = await page.frames()[1]?.evaluate(() => {
      try {
        return parent.document.title;
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(reached).toBe('SecurityError');
  });

  it('has no serious fault of accessibility at work, in light and in dark colours', async () => {
    await run(`${sourceOf('01-chain-rule')}\nthrow new Error('at the end');`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await setColours(page, colorScheme);
      expect([colorScheme, await seriousFaults(page)]).toEqual([colorScheme, []]);
    }
  });

  it('fits a phone, at work', async () => {
    await run(`${sourceOf('06-attention')}\nthrow new Error('${'x'.repeat(100)}');`);
    const content = await widthAt(page, 360);
    await widthAt(page, 1280);
    expect(content).toBe(360);
  });

  it('ends a program that runs longer than it may', async () => {
    await page.clock.install();
    await write("console.log('before');\nfor (;;);");
    await page.click('button:text-is("Run")');
    await page.waitForSelector('.output:has-text("before")');
    await page.clock.fastForward(10_000);
    await ended(page);
    expect(await page.locator('.card [role=alert]').textContent()).toMatch(/^Stopped after 10 seconds/);
  });

  it('complains of nothing', () => {
    expect(playground.complaints).toEqual([]);
  });
});
