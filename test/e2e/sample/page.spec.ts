import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { RedisTestServer } from '../../support/redis-server.js';
import { chromium, describePage } from './describe-page.js';
import { PageBrowser } from './page-browser.js';
import { SampleApp } from './sample-app.js';

if (chromium === undefined && process.env['REQUIRE_BROWSER'] === '1') {
  it('finds a Chromium for the page of the sample', () => {
    throw new Error('There is no Chromium on this machine: install the package chromium, or set CHROMIUM_BIN');
  });
} else if (chromium === undefined) {
  console.warn(
    'SKIPPED: the page of the sample is not tested, for there is no Chromium. Install it or set CHROMIUM_BIN.',
  );
}

describePage('the page of the chat sample', () => {
  let redis: RedisTestServer;
  let app: SampleApp;
  let browser: PageBrowser;
  const faults: string[] = [];

  beforeAll(async () => {
    redis = await RedisTestServer.start({ appendonly: true });
    app = await SampleApp.start({ REDIS_URL: redis.url });
    browser = await PageBrowser.start(chromium ?? '');
  });

  afterAll(async () => {
    await browser?.stop();
    await app?.stop();
    await redis?.stop();
  });

  beforeEach(() => {
    faults.length = 0;
  });

  /** A page of its own, with a login, in this chat. */
  async function openChat(chat: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.browser.newContext(options)).newPage();
    page.setDefaultTimeout(5_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(`${app.url}/#${encodeURIComponent(chat)}`);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Logged in as Ada').waitFor();
    await page.locator('#level[data-level=up]').waitFor();
    return page;
  }

  async function send(page: Page, text: string): Promise<void> {
    await page.getByLabel('Your message').fill(text);
    await page.getByLabel('Your message').press('Enter');
  }

  const answers = (page: Page): ReturnType<Page['locator']> => page.locator('.message.assistant');

  async function untilAnswers(page: Page, count: number): Promise<void> {
    await answers(page)
      .nth(count - 1)
      .waitFor();
    expect(await answers(page).count()).toBe(count);
  }

  it('shows the answer and the window that the worker saw, and the connection', async () => {
    const page = await openChat('a first chat');

    await send(page, 'How are you?');
    await untilAnswers(page, 1);
    await send(page, 'And now?');
    await untilAnswers(page, 2);

    expect(await answers(page).last().textContent()).toContain('I saw 3 messages');
    expect(await page.locator('#window-report').textContent()).toBe('3 messages from Redis');
    expect(await page.locator('#window li').count()).toBe(3);
    expect(await page.locator('#window').textContent()).toContain('How are you?');
    await page.locator('#completed', { hasText: /^2$/ }).waitFor();
    const facts = await page.locator('.facts').textContent();
    expect(facts).toMatch(/State\s*connected/);
    expect(facts).toMatch(/Driver\s*ioredis/);
    expect(facts).toMatch(/Sockets\s*2: client 1, queue-worker 1/);
    expect(facts).toMatch(/Sessions\s*from redis/);
    expect(await page.getByRole('button', { name: 'a first chat' }).getAttribute('aria-current')).toBe('true');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows text as text, whatever it looks like', async () => {
    const page = await openChat('markup');
    const text = '<img src=x onerror="alert(1)"><b>bold</b>\n```html\n<script>alert(2)</script>\n```\n<i>more</i>';

    await send(page, text);
    await untilAnswers(page, 1);

    expect(await page.locator('.message.user pre').textContent()).toBe('<script>alert(2)</script>');
    expect(await page.locator('.message.user p').allTextContents()).toEqual([
      '<img src=x onerror="alert(1)"><b>bold</b>',
      '<i>more</i>',
    ]);
    expect(await page.locator('#messages img, #messages b, #messages script, #window img').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('Redis killed: says so within 2 s, keeps the login over a reload, and goes on when it is back', async () => {
    const page = await openChat('an outage');
    await send(page, 'Before');
    await untilAnswers(page, 1);

    await redis.kill();

    await page.locator('#level[data-level=degraded]').waitFor({ timeout: 2_000 });
    expect(await page.getByRole('alert').first().textContent()).toContain('Degraded: Redis does not answer');
    await send(page, 'Meanwhile');
    await page.getByText('Not sent: Redis does not answer').waitFor();

    await page.reload();

    await page.getByText('Logged in as Ada').waitFor();
    await page.locator('#level[data-level=degraded]').waitFor();
    await page.getByText('Not sent: Redis does not answer').waitFor();
    expect(await page.locator('#session').textContent()).toMatch(/^from memory, degraded/);
    expect(await page.locator('.message').allTextContents()).toEqual([
      expect.stringContaining('Before'),
      expect.stringContaining('I saw 1 message'),
      expect.stringContaining('Meanwhile'),
    ]);

    await redis.restart();

    await page.locator('#level[data-level=up]').waitFor();
    await page.getByRole('button', { name: 'Send again' }).click();
    await untilAnswers(page, 2);
    expect(await page.locator('.message.unsent').count()).toBe(0);
    await send(page, 'After');
    await untilAnswers(page, 3);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('Redis frozen: says so within 2 s, and goes on when it is thawed', async () => {
    const page = await openChat('a frozen Redis');

    await redis.freeze();
    try {
      await page.locator('#level[data-level=degraded]').waitFor({ timeout: 2_000 });
    } finally {
      await redis.thaw();
    }

    await page.locator('#level[data-level=up]').waitFor();
    await send(page, 'Still there?');
    await untilAnswers(page, 1);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('goes from chat to chat, and logs out', async () => {
    const page = await openChat('one');
    await send(page, 'In one');
    await untilAnswers(page, 1);

    await page.getByLabel('Open or begin a chat').fill('two 🌸');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'two 🌸' }).waitFor();
    expect(await page.locator('.message').count()).toBe(0);
    await page.getByRole('button', { name: 'one', exact: true }).click();
    await page.locator('.message.user', { hasText: 'In one' }).waitFor();

    await page.getByRole('button', { name: 'Log out', exact: true }).click();

    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.locator('#chat').isVisible()).toBe(false);
    await page.reload();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)(
    'fits a narrow screen, in %s, and works by keyboard alone',
    async (colorScheme) => {
      const page = await openChat(`narrow ${colorScheme}`, { viewport: { width: 360, height: 740 }, colorScheme });
      await send(page, `A long word: ${'x'.repeat(300)}`);
      await untilAnswers(page, 1);

      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await page.getByLabel('Your message').focus();
      await page.keyboard.type('By keyboard');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await untilAnswers(page, 2);
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );

  it('says when the server of the page is gone', async () => {
    const page = await openChat('the end');

    await app.end();

    await page.locator('#level[data-level=lost]').waitFor();
    expect(await page.getByRole('alert').first().textContent()).toContain('cannot be reached');
    await page.context().close();
  });
});
