import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { chromium, describePage } from './describe-page.js';
import { PageBrowser } from './page-browser.js';
import { SampleApp } from './sample-app.js';

describePage('the page of the chat sample with a Postgres', () => {
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let app: SampleApp;
  let browser: PageBrowser;

  beforeAll(async () => {
    [redis, postgres] = await Promise.all([RedisTestServer.start(), PostgresTestServer.start()]);
    app = await SampleApp.start({ REDIS_URL: redis.url, DATABASE_URL: postgres.url });
    browser = await PageBrowser.start(chromium ?? '');
  });

  afterAll(async () => {
    await browser?.stop();
    await app?.stop();
    await Promise.all([redis?.stop(), postgres?.stop()]);
  });

  /** A browser of its own, with a login. */
  async function logIn(user: string): Promise<Page> {
    const page = await (await browser.browser.newContext()).newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(app.url);
    await page.getByLabel('Your name').fill(user);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText(`Logged in as ${user}`).waitFor();
    await page.locator('#level[data-level=up]').waitFor();
    return page;
  }

  const shows = (page: Page, id: string, text: RegExp): Promise<void> =>
    page.locator(`#${id}`, { hasText: text }).waitFor();

  it('shows which tier answers, what waits to be copied back, and whether Redis is trusted', async () => {
    const page = await logIn('Ada');
    await shows(page, 'session', /^from redis$/);
    await shows(page, 'dirty', /^nothing$/);
    await shows(page, 'trust', /^yes$/);

    await redis.kill();

    await shows(page, 'session', /^from postgres, degraded$/);
    await shows(page, 'trust', /^no$/);
    await page.reload(); // a request: the login is lengthened
    await page.getByText('Logged in as Ada').waitFor();
    await shows(page, 'dirty', /^\d+ changes?$/);

    await redis.restart(); // without its data

    await shows(page, 'trust', /^yes$/);
    await shows(page, 'dirty', /^nothing$/);
    await shows(page, 'session', /^from redis$/);
    await page.reload();
    await page.getByText('Logged in as Ada').waitFor();
    expect(await page.locator('#notice').isVisible()).toBe(false);
    await page.context().close();
  });

  it('logs out everywhere: the other browser too', async () => {
    const [laptop, phone] = [await logIn('Grace'), await logIn('Grace')];

    await laptop.getByRole('button', { name: 'Log out everywhere' }).click();

    await laptop.getByRole('heading', { name: 'Log in' }).waitFor();
    await phone.evaluate(() => window.dispatchEvent(new Event('focus'))); // its user comes back to it
    await phone.getByRole('heading', { name: 'Log in' }).waitFor();
    await phone.reload();
    await phone.getByRole('heading', { name: 'Log in' }).waitFor();
    for (const page of [laptop, phone]) await page.context().close();
  });
});
