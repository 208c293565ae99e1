/// <reference lib="dom" />
/** What axe-core says of a page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface Fault {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

interface Axe {
  run(context: Document, options: { iframes: boolean }): Promise<{ violations: Fault[] }>;
}

/**
 * What axe-core finds that is serious or worse, each as its rule and the element. Not within frames: a sandboxed one takes no
 * messages, of which the console complains while it opens; what is in it needs a test of its own.
 */
export async function seriousFaults(page: Page): Promise<string[]> {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // The page's policy keeps scripts out that are not its own; the debugger may run them all the same.
  await page.evaluate(axe);
  const faults = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe };
    return (await axe.run(document, { iframes: false })).violations;
  });
  return faults
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
