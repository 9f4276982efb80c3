import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { chromium, describePage } from './describe-page.js';
import { PageBrowser } from './page-browser.js';
import { SampleApp } from './sample-app.js';

describePage('the context window on the page of the chat sample', () => {
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let app: SampleApp;
  let browser: PageBrowser;
  const faults: string[] = [];

  beforeAll(async () => {
    [redis, postgres] = await Promise.all([RedisTestServer.start({ appendonly: true }), PostgresTestServer.start()]);
    app = await SampleApp.start({ REDIS_URL: redis.url, DATABASE_URL: postgres.url });
    browser = await PageBrowser.start(chromium ?? '');
  });

  afterAll(async () => {
    await browser?.stop();
    await app?.stop();
    await Promise.all([redis?.stop(), postgres?.stop()]);
  });

  beforeEach(() => {
    faults.length = 0;
  });

  /** A page of its own, with a login, in this chat. What the page breaks is a fault, its own policy too. */
  async function enter(chat: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.browser.newContext(options)).newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(app.url)) faults.push(`asked elsewhere: ${request.url()}`);
    });
    await page.goto(`${app.url}/#${encodeURIComponent(chat)}`);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Logged in as Ada').waitFor();
    await page.locator('#level[data-level=up]').waitFor();
    return page;
  }

  /** Sends these, each after the answer to the one before, and waits for the panel to have them all. */
  async function talk(page: Page, texts: readonly string[]): Promise<void> {
    const already = await page.locator('.message.assistant').count();
    for (const [index, text] of texts.entries()) {
      await page.getByLabel('Your message').fill(text);
      await page.getByLabel('Your message').press('Enter');
      await page
        .locator('.message.assistant')
        .nth(already + index)
        .waitFor();
    }
    await page.locator('.message.user:not(.sent)').waitFor({ state: 'detached' });
    await settled(page);
  }

  /** Nothing is being read, nor will be by itself. */
  async function settled(page: Page): Promise<void> {
    await page.waitForLoadState('domcontentloaded');
    await page.locator('#context[aria-busy=false]').waitFor();
  }

  const rows = (page: Page, which = ''): ReturnType<Page['locator']> =>
    page.locator(`#context-rows > .context-row${which}`);
  const button = (page: Page, name: string): ReturnType<Page['locator']> => page.getByRole('button', { name });
  const shows = (page: Page, id: string, text: RegExp): Promise<void> =>
    page.locator(`#${id}`, { hasText: text }).waitFor();

  it('shows what a model would be given, and where that came from', async () => {
    const page = await enter('first');
    await talk(page, ['How are you?', '<img src=x onerror="alert(1)"><b>bold</b>']);

    await rows(page).nth(3).waitFor();
    expect(await rows(page, '.out').count()).toBe(0);
    expect(await rows(page).nth(2).textContent()).toMatch(/^You#3in the window\d+ tokens<img src=x onerror="alert/);
    expect(await page.locator('#context img, #context b:not(#budget-bar b)').count()).toBe(0);
    await shows(page, 'context-source', /^Redis$/);
    await shows(page, 'context-report', /^From Redis in [\d.]+ ms\.$/);
    const tokens = await rows(page).locator('.tokens').allTextContents();
    const sum = tokens.reduce((total, text) => total + Number.parseInt(text, 10), 0);
    await shows(page, 'budget-report', new RegExp(`^${sum} of 1,000 tokens · 4 messages in the window$`));
    expect(await page.getByRole('img').first().getAttribute('aria-label')).toBe(`${sum} of 1,000 tokens`);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('follows the budget, by keyboard alone', async () => {
    const page = await enter('budget');
    await talk(page, ['One', 'Two', 'Three']);
    await rows(page).nth(5).waitFor();
    const slider = page.getByLabel('Token budget');
    await slider.focus();

    await page.keyboard.press('Home');

    await shows(page, 'budget-report', /^0 of 1 tokens · 0 messages in the window, 6 over the budget$/);
    expect(await page.locator('.context-edge').count()).toBe(0);
    expect(await rows(page, '.out').first().textContent()).toContain('over the budget');
    for (let step = 0; step < 6; step += 1) await page.keyboard.press('ArrowRight');
    await shows(page, 'budget-report', /^\d+ of 60 tokens · [1-5] messages in the window, [1-5] over the budget$/);
    await shows(page, 'budget-value', /^60$/);
    expect(await slider.getAttribute('aria-valuetext')).toBe('60 tokens');
    const marks = await rows(page).evaluateAll((all) => all.map((row) => row.classList.contains('out')));
    expect(marks).toEqual([...marks].toSorted((a, b) => Number(b) - Number(a)));
    const [thumb, marker, bar] = await page.evaluate(() => {
      const box = (id: string): DOMRect => (document.querySelector(id) as Element).getBoundingClientRect();
      return [
        Number((document.querySelector('#budget') as HTMLInputElement).value),
        box('#budget-bar b'),
        box('#budget-bar'),
      ];
    });
    await talk(page, ['Four']);
    expect(await page.locator('.message.assistant').last().textContent()).toMatch(/I saw [1-3] messages?;/);
    expect((marker.x + 1 - bar.x) / bar.width).toBeCloseTo(thumb / 1_000, 2);
    await slider.press('End');
    await shows(page, 'budget-report', /of 1,000 tokens · 8 messages in the window$/);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('compacts at a button, shows the summary and what it stands for, and finds both again', async () => {
    const page = await enter('compact');
    await button(page, 'Compact older messages').click();
    await shows(page, 'context-action', /^There is nothing to summarize yet/);
    await talk(page, ['One', 'Two', 'Three', 'Four']);
    await rows(page).nth(7).waitFor();

    await button(page, 'Compact older messages').press('Enter');

    await shows(page, 'context-action', /^4 messages of \d+ tokens are one summary of \d+ now/);
    expect(await rows(page).count()).toBe(5);
    await rows(page, '.system').getByText('The 4 messages it stands for').click();
    expect(await page.locator('.replaced li p').allTextContents()).toEqual([
      'One',
      expect.stringContaining('begins: “One”'),
      'Two',
      expect.stringContaining('begins: “Two”'),
    ]);
    expect(await page.locator('.message').count()).toBe(8); // what was said is still there

    await button(page, 'Let the key expire').press('Enter');

    await shows(page, 'context-action', /^The key was gone: the loader answered/);
    await shows(page, 'context-source', /^Loader$/);
    await shows(page, 'context-report', /^Loaded from the Postgres table in [\d.]+ ms: Redis did not hold the chat\.$/);
    expect(await rows(page).count()).toBe(5);
    expect(await page.locator('.replaced').getAttribute('open')).not.toBeNull(); // stays as it was
    await page.reload();
    await shows(page, 'context-source', /^Redis$/);
    await rows(page, '.system').waitFor();
    await page.locator('.message').nth(7).waitFor();
    expect(await page.locator('.message').count()).toBe(8);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('Redis killed: the loader answers, the budget still counts, and a button says why it cannot', async () => {
    const page = await enter('outage');
    await talk(page, ['One', 'Two', 'Three']);
    await rows(page).nth(5).waitFor();

    await redis.kill();

    await shows(page, 'context-source', /^Loader$/);
    await shows(page, 'context-report', /^Loaded from the Postgres table .*: Redis did not answer \([a-z-]+\)\.$/);
    expect(await rows(page).count()).toBe(6);
    await page.getByLabel('Token budget').press('Home');
    await shows(page, 'budget-report', /6 over the budget$/);
    await page.getByLabel('Token budget').press('End');
    await shows(page, 'budget-report', /6 messages in the window$/);
    await button(page, 'Compact older messages').click();
    await shows(page, 'context-action', /^Nothing was summarized: Redis does not answer/);
    await button(page, 'Let the key expire').click();
    await shows(page, 'context-action', /^Redis was not told to forget: Redis does not answer/);
    await redis.restart();
    await shows(page, 'context-source', /^Redis$/);
    expect(await rows(page, ':not(.out)').count()).toBe(6);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('Postgres killed: shows what Redis holds, and says what it cannot show', async () => {
    const page = await enter('no table');
    await talk(page, ['One']);
    await rows(page).nth(1).waitFor();

    await postgres.kill();
    await page.getByLabel('Token budget').press('ArrowLeft');

    await shows(page, 'context-report', /The table cannot be read: what only it has is not shown\.$/);
    expect(await rows(page).count()).toBe(2);
    await page.getByLabel('Your message').fill('Not now');
    await page.getByLabel('Your message').press('Enter');
    await page.getByText('Not sent: the database does not answer').waitFor();
    await postgres.restart();
    await page.locator('#level[data-level=up]').waitFor();
    await button(page, 'Send again').click();
    await page.locator('.message.assistant').nth(1).waitFor();
    await rows(page).nth(3).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it.each([400, 1280])('has nothing beside the screen at %i px, with words of any length', async (width) => {
    const page = await enter(`width ${width}`, { viewport: { width, height: 800 } });
    await talk(page, ['x'.repeat(400), 'ひらがな'.repeat(60)]);
    await rows(page).nth(3).waitFor();

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const box = await page.locator('#context-rows').boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(120);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
