// The tab *LoRA on your hand* in Chromium: drawing, fine-tuning, switching, adapters as files, and what goes wrong.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseSafetensors } from 'lowrank';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { seriousFaults } from '../../../tools/testing/accessibility.js';
import { inChromium } from '../../../tools/testing/chromium.js';
import { FILES } from '../src/lora/base-model.js';
import { PAD, type Stroke } from '../src/lora/mnist-image.js';
import { CROSS, PLAIN, TRIANGLE } from './lora-strokes.js';
import { type Playground, setColours, startPlayground, widthAt } from './playground.js';

const HOSTILE = `"'><img src=x: onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>`;

inChromium('the tab LoRA on your hand in Chromium', () => {
  let playground: Playground;
  /**
   * One page for all tests that need no other, which follow one another in it as a visitor would: what one of them keeps,
   * learns and loads is there in the next.
   */
  let page: Page;

  beforeAll(async () => {
    playground = await startPlayground();
    page = await open();
  });

  afterAll(async () => {
    await playground?.close();
  });

  async function open(options?: BrowserContextOptions): Promise<Page> {
    const page = await playground.open('lora', options);
    await page.waitForSelector('.lora-sizes');
    return page;
  }

  /** Draws with the mouse; the pen of the last stroke stays down if it is asked to. */
  async function draw(page: Page, drawing: readonly Stroke[], { lift = true } = {}): Promise<void> {
    const pad = page.locator('#lora-pad');
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    if (box === null) throw new Error('the pad is not seen');
    for (const [i, stroke] of drawing.entries()) {
      if (i > 0) await page.mouse.up();
      for (const [k, { x, y }] of stroke.entries()) {
        await page.mouse.move(box.x + (box.width * x) / PAD, box.y + (box.height * y) / PAD);
        if (k === 0) await page.mouse.down();
      }
    }
    if (lift) await page.mouse.up();
  }

  const reads = (page: Page, digit: number) =>
    page.waitForSelector(`.lora-verdict strong:text-is("${digit}")`);
  /** All digits of the ten probabilities. */
  const probabilities = (page: Page) =>
    page.locator('.lora-bars li').evaluateAll((bars) => bars.map((bar) => bar.getAttribute('title')));
  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const loraSwitch = (page: Page) => page.getByRole('switch');
  const chooseHand = (page: Page, name: string) => page.getByRole('radio', { name }).check();

  const withLora = (page: Page) => page.waitForSelector('.lora-verdict:has-text("network alone reads")');
  const withoutLora = (page: Page) =>
    page.waitForSelector('.lora-verdict:not(:has-text("network alone reads"))');

  /**
   * The ten probabilities of what is on the pad, with LoRA. What the page shows may still be those of half a drawing, but not
   * after LoRA was off in between.
   */
  async function adaptedProbabilities(page: Page): Promise<(string | null)[]> {
    await loraSwitch(page).uncheck();
    await withoutLora(page);
    await loraSwitch(page).check();
    await withLora(page);
    return probabilities(page);
  }

  async function clear(page: Page): Promise<void> {
    await button(page, 'Clear').click();
    await page.waitForSelector('.lora-verdict', { state: 'detached' });
  }

  async function keep(page: Page, drawing: readonly Stroke[], digit: number): Promise<void> {
    await draw(page, drawing);
    await button(page, `Keep as ${digit}`).click();
  }

  async function fineTune(page: Page, { rank, steps }: { rank: number; steps: number }): Promise<void> {
    await page.getByRole('combobox', { name: 'Rank' }).selectOption(String(rank));
    await page.getByRole('combobox', { name: 'Steps' }).selectOption(String(steps));
    await button(page, /^Fine-tune for/).click();
  }

  const news = (page: Page, text: string | RegExp) =>
    page.locator('.lora-news [role=status]', { hasText: text }).waitFor();

  async function downloaded(page: Page, name: string): Promise<Buffer> {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: `Download ${name}` }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(name);
    return readFile(await file.path());
  }

  const load = (page: Page, files: readonly { name: string; buffer: Buffer }[]) =>
    page
      .getByLabel('Load an adapter')
      .setInputFiles(files.map((file) => ({ mimeType: 'application/octet-stream', ...file })));

  it('has no serious fault of accessibility before anything is drawn', async () => {
    expect(await seriousFaults(page)).toEqual([]);
  });

  describe('drawing', () => {
    it('works with the keyboard alone', async () => {
      await page.focus('#lora-pad');
      for (const key of ['Space', ...new Array(12).fill('ArrowDown'), 'Space'])
        await page.keyboard.press(key);
      await reads(page, 1);
      await page.keyboard.press('Delete');
      await page.waitForSelector('.lora-verdict', { state: 'detached' });
      await button(page, 'Show one of MNIST').press('Enter');
      await page.waitForSelector('.lora-verdict');
      await clear(page);
    });

    it('is read while the pen is still down, and anew when the pad was cleared', async () => {
      for (const digit of [7, 2]) {
        await draw(page, PLAIN[digit] as Stroke[], { lift: false });
        await reads(page, digit);
        await page.mouse.up();
        await clear(page);
      }
    });

    it('keeps digits under what they are meant to be, says what they are taken for, and deletes them', async () => {
      const samples = page.locator('.lora-samples li');
      await keep(page, PLAIN[3] as Stroke[], 3);
      await keep(page, CROSS, 9);
      await samples.filter({ hasText: '3✓ read 3' }).waitFor();
      await samples.filter({ hasText: /9✗ read [0-8]/ }).waitFor();
      await page.waitForSelector('#lora-pad:focus');
      await button(page, 'Delete this 3').click();
      expect(await samples.count()).toBe(1);
      await chooseHand(page, 'Second hand');
      expect(await samples.count()).toBe(0);
      await chooseHand(page, 'First hand');
      expect(await samples.count()).toBe(1);
    });

    it('works with a finger, and does not scroll the page', async () => {
      const page = await open({ viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true });
      const box = await page.locator('#lora-pad').boundingBox();
      if (box === null) throw new Error('the pad is not seen');
      const session = await page.context().newCDPSession(page);
      const [stroke = []] = PLAIN[7] as Stroke[];
      const points = stroke.map(({ x, y }) => ({
        x: box.x + (box.width * x) / PAD,
        y: box.y + (box.height * y) / PAD,
      }));
      for (const [i, point] of points.entries()) {
        const type = i === 0 ? 'touchStart' : 'touchMove';
        await session.send('Input.dispatchTouchEvent', { type, touchPoints: [point] });
      }
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      await reads(page, 7);
      expect(await page.evaluate('scrollY')).toBe(0);
      await page.context().close();
    });
  });

  describe('a fine-tune, on a cross that is kept as a 9,', () => {
    it('that is cancelled leaves everything as it was', async () => {
      await fineTune(page, { rank: 1, steps: 160 });
      await page.waitForSelector('.lora-curve');
      await button(page, 'Cancel: Fine-tuning').click();
      await news(page, 'Cancelled: nothing has changed.');
      expect(await loraSwitch(page).isDisabled()).toBe(true);
    });

    it('lowers the loss and changes the prediction; LoRA off restores the base to the last bit', async () => {
      await button(page, 'Show one of MNIST').click();
      await page.waitForSelector('.lora-verdict');
      const before = await probabilities(page);
      await fineTune(page, { rank: 2, steps: 40 });
      await news(page, 'Fine-tuned');
      const [, first, last] =
        /from (\d+\.\d+) to (\d+\.\d+)/.exec((await page.locator('#panel-lora').textContent()) ?? '') ?? [];
      expect(Number(last)).toBeLessThan(Number(first) / 4);
      expect(await page.locator('.lora-curve').getAttribute('aria-label')).toBe(
        `Loss of 40 steps, from ${first} to ${last}`,
      );
      await page.waitForSelector(
        'text=Own digits read right: 0 of 1 by the network alone, 1 of 1 with LoRA.',
      );
      expect(await page.locator('.lora-sizes tbody tr').allInnerTexts()).toEqual([
        expect.stringMatching(/^Network\s+113,162\s+452\.6.kB\s+19\d\/200$/),
        expect.stringMatching(/^LoRA of First hand\s+2,194\s+1\.9 %\s+8\.8.kB\s+\d+\/200$/),
      ]);

      await withLora(page);
      expect(await probabilities(page)).not.toEqual(before);
      await loraSwitch(page).uncheck();
      await page.waitForSelector('text=bit for bit what the network says');
      expect(await probabilities(page)).toEqual(before);
      await loraSwitch(page).check();
      await clear(page);
      await draw(page, CROSS);
      await reads(page, 9);
    });

    it('is ended with its worker if that does not answer; the adapters are in the next one', async () => {
      const before = await adaptedProbabilities(page);
      await fineTune(page, { rank: 1, steps: 160 });
      await page.waitForSelector('progress');
      for (const worker of page.workers()) {
        // It never answers: it is busy until it is ended.
        void worker.evaluate('for (;;);').catch(() => undefined);
      }
      await button(page, 'Cancel: Fine-tuning').click();
      await news(page, 'Cancelled: nothing has changed.');
      expect(await adaptedProbabilities(page)).toEqual(before);
    });
  });

  describe('adapters', () => {
    it("go out as PEFT's files, come back the same, and are swapped between two hands", async () => {
      const first = await adaptedProbabilities(page);
      const config = await downloaded(page, 'adapter_config.json');
      const tensors = await downloaded(page, 'adapter_model.safetensors');
      expect(JSON.parse(config.toString())).toMatchObject({ peft_type: 'LORA', r: 2, lora_alpha: 4 });
      expect(Object.keys(parseSafetensors(tensors).tensors)).toEqual(
        [1, 2, 3].flatMap((i) =>
          ['A', 'B'].map((factor) => `base_model.model.conv${i}.lora_${factor}.weight`),
        ),
      );

      await chooseHand(page, 'Second hand');
      await withoutLora(page);
      await load(page, [
        { name: 'adapter_config (1).json', buffer: config },
        { name: 'adapter_model (1).safetensors', buffer: tensors },
      ]);
      await news(page, 'Second hand has a new adapter.');
      await reads(page, 9);
      expect(await adaptedProbabilities(page)).toEqual(first);

      await clear(page);
      await keep(page, CROSS, 2);
      await keep(page, TRIANGLE, 4);
      await fineTune(page, { rank: 4, steps: 20 });
      await news(page, 'Fine-tuned');
      await draw(page, CROSS);
      for (const [hand, digit] of [
        ['Second hand', 2],
        ['First hand', 9],
        ['Second hand', 2],
      ] as const) {
        await chooseHand(page, hand);
        await reads(page, digit);
      }
    });

    it('in bad files are refused with the reason, and hostile texts in them stay text', async () => {
      await page.getByLabel('Name').fill(HOSTILE);
      const config = await downloaded(page, 'adapter_config.json');
      const tensors = { name: 'a.safetensors', buffer: await downloaded(page, 'adapter_model.safetensors') };
      const changed = (changes: object) => ({
        name: `${HOSTILE.replaceAll('/', '')}.json`,
        buffer: Buffer.from(JSON.stringify({ ...JSON.parse(config.toString()), ...changes })),
      });
      const bad = [
        [[changed({})], 'choose both at once'],
        [[changed({ peft_type: HOSTILE }), tensors], 'only "LORA" can be loaded'],
        [[changed({ [HOSTILE]: 1 }), tensors], 'which lowrank does not know'],
        [[changed({ target_modules: [HOSTILE] }), tensors], 'cannot be added'],
        [[changed({}), { ...tensors, buffer: tensors.buffer.subarray(0, 99) }], 'Is it truncated?'],
      ] as const;
      for (const [files, reason] of bad) {
        await load(page, files);
        await page.locator('.problem', { hasText: reason }).waitFor();
      }
      await load(page, [changed({ base_model_name_or_path: HOSTILE }), tensors]);
      await page.getByText(`made for “${HOSTILE}”`).waitFor();
      expect(await page.locator('.problem').count()).toBe(0);
      expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
      expect(await page.locator('#panel-lora img').count()).toBe(0);
    });
  });

  describe('the network', () => {
    it('can be cancelled while it is loaded, says what was wrong with it, and can be loaded again', async () => {
      const context = await playground.browser.newContext({ serviceWorkers: 'block' });
      const page = await context.newPage();
      await page.route(`**/${FILES.network}`, () => undefined);
      await page.goto(`${playground.address}#lora`);
      await button(page, 'Cancel: Loading the network').click();
      await page.unroute(`**/${FILES.network}`);
      await page.route(`**/${FILES.digits}`, (route) => route.fulfill({ body: 'no digits' }));
      await button(page, 'Load the network').click();
      await page.locator('.problem', { hasText: 'parseSafetensors' }).waitFor();
      await page.unroute(`**/${FILES.digits}`);
      await button(page, 'Load the network').click();
      await page.waitForSelector('.lora-sizes');
      await context.close();
    });
  });

  it('has no serious fault of accessibility and fits into 360 pixels, in light and dark colours', async () => {
    expect(await widthAt(page, 360)).toBe(360);
    for (const colorScheme of ['light', 'dark'] as const) {
      await setColours(page, colorScheme);
      expect(await seriousFaults(page)).toEqual([]);
    }
  });

  it('complains of nothing', () => {
    expect(playground.complaints).toEqual([]);
  });
});
