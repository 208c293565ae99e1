/** The report as a page: complete, self-contained, and safe whatever the strings in the summary are. */

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ArgumentError } from '@lowrank/tensor';
import { levelOf } from '../../src/report/confusion.js';
import { renderReport } from '../../src/report/render.js';
import type { RunSummary } from '../../src/summary.js';
import { FIXTURE } from '../summary-fixture.js';

let page: string;

beforeAll(async () => {
  page = await renderReport(FIXTURE);
});

const SCRIPTS = /<script>([\s\S]*?)<\/script>/g;

function matches(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), (match) => match[1] ?? '');
}

/** What a reader sees: no scripts, no style, no tags. */
function visible(markup: string): string {
  const body = markup.slice(markup.indexOf('<body>')).replace(/<script[\s\S]*?<\/script>/g, '');
  return body
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('\u202f', ' ')
    .replace(/\s+/g, ' ');
}

describe('the report', () => {
  it('shows every number of the summary', () => {
    const text = visible(page);
    const expected = [
      ...['97.90 %', '98.62 %', '98.31 %', '97.6–98.2 %', '92,672', '1,097', '93,769', '1.184 %', '20,490'],
      ...[
        '[32, 1, 3, 3]',
        '[64, 32, 3, 3]',
        '[128, 64, 3, 3]',
        '[10, 2048]',
        '[1, 64]',
        '[288, 1]',
        '12.81 %',
      ],
      ...['454,792', '5,316', '5,321', '455 kB', '5.32 kB', '1.17 %', '1.9 × 10⁻⁶', '5,949', '5,950'],
      ...['4242', '0.001', '0.0012', '0.0013', '60,000 of 60,000', '10,000 of 10,000', 'runs/fixture'],
      ...['v20.0.0-fixture on fixture-os x64', '2026-01-02 03:04 UTC', 'batches of 64', 'scale 1'],
      ...['0.3 s', '1 min 11 s', '1 min 24 s', '17.5 s', '9.8 s', '3 min 3 s'],
      'npx lowrank mnist --seed 4242 --epochs 1 --rank 1 --alpha 1',
    ];
    for (const part of expected) expect(text).toContain(part);
  });

  it('shows the five networks side by side, by digit', () => {
    const table = page.slice(page.indexOf('id="wrong-caption"'));
    const rows = matches(table.slice(0, table.indexOf('</table>')), /<tr[^>]*>([\s\S]*?)<\/tr>/g);
    const cells = rows.map((row) => visible(`<body>${row}`).trim().split(' ').filter(Boolean));
    const { base, lora, loraOff, merged, specialised } = FIXTURE;
    for (let digit = 0; digit < 10; digit++) {
      const wrong = [base, lora, loraOff, merged, specialised].map((found) => String(found.wrong[digit]));
      expect(cells[digit + 1]).toEqual([String(digit), expect.any(String), ...wrong]);
    }
    expect(cells[11]).toEqual(['All', '10,000', '210', '138', '210', '138', '169']);
  });

  it('shows each cell of the confusion matrices, and marks how often a mistake is made', () => {
    const tables = matches(page, /(<table class="confusion">[\s\S]*?<\/table>)/g);
    expect(tables).toHaveLength(3);
    [FIXTURE.base, FIXTURE.lora, FIXTURE.specialised].forEach(({ confusion }, i) => {
      const cells = Array.from(
        tables[i]!.matchAll(/<td class="([^"]*)">(\d+)<\/td>/g),
        ([, kind, count]) => ({ kind, count }),
      );
      const expected = confusion.flatMap((row, digit) =>
        row.map((count, answer) => ({
          kind: digit === answer ? 'right' : `level-${levelOf(count)}`,
          count: String(count),
        })),
      );
      expect(cells).toEqual(expected);
    });
    expect([0, 1, 2, 3, 4, 8, 16, 32, 1000].map(levelOf)).toEqual([0, 1, 2, 2, 3, 4, 5, 6, 6]);
  });

  it('is the same page when the summary comes back from its file', async () => {
    expect(await renderReport(JSON.parse(JSON.stringify(FIXTURE)) as RunSummary)).toBe(page);
  });

  it('shows dashes for numbers that a diverged run has lost', async () => {
    const lost = FIXTURE.curves.base.map((point) => ({ ...point, loss: Number.NaN }));
    const run = { ...FIXTURE, curves: { ...FIXTURE.curves, base: lost } };
    expect(visible(await renderReport(run))).toContain('took the loss from – to –');
    expect(visible(await renderReport(JSON.parse(JSON.stringify(run)) as RunSummary))).toContain(
      'from – to –',
    );
  });

  it('names in the legend only the trainings that took a step', async () => {
    const legend = (markup: string) =>
      visible(`<body>${matches(markup, /<ul class="legend">(.*?)<\/ul>/gs)[0]}`).trim();
    expect(legend(page)).toMatch(/^Base training +LoRA, all digits +LoRA, specialised on 9$/);
    const interrupted = { ...FIXTURE, curves: { ...FIXTURE.curves, specialised: [] } };
    expect(legend(await renderReport(interrupted))).toMatch(/^Base training +LoRA, all digits$/);
  });

  it('tells which command runs the same again', async () => {
    const options = { ...FIXTURE.options, digit: 9, rank: 2, alpha: 3, quick: true };
    expect(visible(await renderReport({ ...FIXTURE, options }))).toContain(
      'npx lowrank mnist --seed 4242 --epochs 1 --rank 2 --alpha 3 --digit 9 --quick',
    );
  });

  it('refuses a summary whose counts do not fit together', async () => {
    const rendering = renderReport({ ...FIXTURE, lora: { ...FIXTURE.lora, accuracy: 1 } });
    await expect(rendering).rejects.toBeInstanceOf(ArgumentError);
    await expect(rendering).rejects.toThrow(/^renderReport: lora has accuracy 1/);
  });
});

describe('the page', () => {
  it('asks for nothing but itself', () => {
    const addresses = matches(page, /(https?:\/\/[^\s*"'`)]+)/g);
    // The names of Chart.js and of its colour library, in the licences that must stay with them.
    expect(addresses).toEqual(['https://www.chartjs.org', 'https://github.com/kurkle/color#readme']);
    const markup = page.replace(/<script[\s\S]*?<\/script>/g, '');
    expect(matches(markup, /\s(?:src|href|srcset|action|data)="([^"]*)"/g)).toEqual(['data:,']);
    expect(markup).not.toMatch(/url\(|@import|<(iframe|object|embed|img|base)\b/);
    expect(page).not.toMatch(/sourceMappingURL/);
  });

  it('allows its own scripts and style by their hashes, and nothing else', () => {
    const [policy = ''] = matches(page, /http-equiv="Content-Security-Policy" content="([^"]*)"/g);
    const directives = policy.replaceAll('&#39;', "'").split('; ');
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const scripts = matches(page, SCRIPTS);
    const [style = ''] = matches(page, /<style>([\s\S]*?)<\/style>/g);
    expect(scripts).toHaveLength(2);
    expect(directives).toEqual([
      "default-src 'none'",
      `script-src ${scripts.map(hash).join(' ')}`,
      `style-src ${hash(style)}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(page).not.toMatch(/\s(style|on\w+)=/);
  });

  it('escapes every string of the summary', async () => {
    const hostile = `</script><script>alert('1')</script><img src=x onerror="alert(2)">&amp;`;
    const run: RunSummary = {
      ...FIXTURE,
      startedAt: hostile,
      environment: { node: hostile, platform: hostile, kernels: hostile },
      options: { ...FIXTURE.options, out: hostile },
      parameters: {
        ...FIXTURE.parameters,
        layers: FIXTURE.parameters.layers.map((layer) => ({ ...layer, name: hostile })),
      },
    };
    const attacked = await renderReport(run);
    const escaped =
      '&lt;/script&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&lt;img src=x onerror=&quot;alert(2)&quot;&gt;&amp;amp;';
    expect(attacked).not.toContain('<script>alert');
    expect(attacked).not.toContain('<img');
    const perSetting = 5;
    const perLayer = FIXTURE.parameters.layers.length + 1; // the frozen one is also named in the story
    expect(attacked.split(escaped).length - 1).toBe(perSetting + perLayer);
    expect(matches(attacked, SCRIPTS)).toEqual(matches(page, SCRIPTS));
  });

  it('is well structured: scopes, captions, names, and ids that exist once', () => {
    const ids = matches(page.replace(SCRIPTS, ''), /\sid="([^"]*)"/g);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const id of matches(page, /aria-labelledby="([^"]*)"/g)) expect(ids).toContain(id);
    expect(matches(page, /(<th(?![^>]*scope=)[\s>])/g)).toEqual([]);
    expect(matches(page, /(<table[^>]*>(?!<caption))/g)).toEqual([]);
    expect(matches(page, /(<canvas(?![^>]*aria-label=)[^>]*>)/g)).toEqual([]);
    expect(matches(page, /<(h1)>/g)).toEqual(['h1']);
  });

  it('closes every element that it opens', () => {
    const markup = page.replace(/(<(?:script|style)[^>]*>)[\s\S]*?(<\/(?:script|style)>)/g, '$1$2');
    const open: string[] = [];
    for (const [, slash, name = ''] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
      if (slash) expect(open.pop()).toBe(name);
      else if (!['meta', 'link'].includes(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('has a configuration for each of its canvases', () => {
    const [json = ''] = matches(
      page,
      /<script type="application\/json" id="chart-configs">([\s\S]*?)<\/script>/g,
    );
    expect(Object.keys(JSON.parse(json) as object)).toEqual(matches(page, /<canvas id="([^"]*)"/g));
    expect(json).not.toContain('<');
  });
});
