import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import type { SampleAnswer } from './sample-client.js';
import { SampleApp } from './sample-app.js';
import { SampleClient } from './sample-client.js';

const WAIT = { timeoutMs: 20_000 };

describeEachDriver('the chat sample with a Postgres', (driver) => {
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let app: SampleApp;
  let other: SampleApp | undefined;
  let ada: SampleClient;

  const start = (): Promise<SampleApp> =>
    SampleApp.start({
      REDIS_URL: redis.url,
      REDIS_DRIVER: driver,
      DATABASE_URL: postgres.url,
      SESSION_SECRET: 'the same for all',
    });
  const sessionOf = async (): Promise<SampleAnswer['body']> => (await ada.get('/status')).body.session;
  const untilTrusted = (): Promise<unknown> =>
    eventually(async () => (await sessionOf()).trusted, { ...WAIT, what: 'a Redis that is trusted' });
  /** Its data is gone: nothing is written to a disk. */
  const returnEmpty = async (): Promise<void> => {
    await redis.restart();
    await untilTrusted();
  };

  beforeAll(async () => {
    [redis, postgres] = await Promise.all([RedisTestServer.start(), PostgresTestServer.start()]);
    app = await start();
    ada = new SampleClient(app.url);
    await untilTrusted();
    await ada.logIn('Ada');
  });

  afterEach(async () => {
    await other?.stop();
    other = undefined;
  });

  afterAll(async () => {
    await app.stop();
    await Promise.all([redis.stop(), postgres.stop()]);
  });

  it('keeps a login through an outage of Redis and its return without data, and copies it back', async () => {
    expect(await sessionOf()).toEqual({ tier: 'redis', degraded: false, dirty: 0, trusted: true });
    await redis.kill();

    await eventually(async () => (await sessionOf()).tier === 'postgres', WAIT);
    expect(await ada.get('/me')).toMatchObject({ status: 200, body: { user: 'Ada' } });
    const mo = new SampleClient(app.url);
    expect((await mo.logIn('Mo')).status).toBe(200);
    await eventually(async () => (await sessionOf()).dirty > 0, WAIT);
    expect(await sessionOf()).toMatchObject({ tier: 'postgres', degraded: true, trusted: false });

    await returnEmpty();

    expect(await sessionOf()).toMatchObject({ tier: 'redis', dirty: 0 });
    for (const client of [ada, mo]) expect((await client.get('/me')).status).toBe(200);
    expect(await redis.command('KEYS', 'dialog:session:*')).not.toHaveLength(0);
  });

  it('logs out everywhere during the outage, and for good', async () => {
    const [laptop, phone] = [new SampleClient(app.url), new SampleClient(app.url)];
    for (const browser of [laptop, phone]) await browser.logIn('Grace');
    await redis.kill();

    expect(await eventually(() => answered(laptop.post('/logout/everywhere')), WAIT)).toMatchObject({
      status: 200,
      body: { ended: 2 },
    });

    for (const browser of [laptop, phone]) expect((await browser.get('/me')).status).toBe(401);
    await returnEmpty();
    for (const browser of [laptop, phone]) expect((await browser.get('/me')).status).toBe(401);
    expect((await ada.get('/me')).body).toEqual({ user: 'Ada' });
  });

  it('logs out everywhere while all is well', async () => {
    const [laptop, phone] = [new SampleClient(app.url), new SampleClient(app.url)];
    for (const browser of [laptop, phone]) await browser.logIn('Grace');
    expect((await phone.post('/logout/everywhere')).body).toEqual({ ended: 2 });
    for (const browser of [laptop, phone]) expect((await browser.get('/me')).status).toBe(401);
    expect((await new SampleClient(app.url).post('/logout/everywhere')).status).toBe(401);
  });

  it('knows a login in another process that starts during the outage', async () => {
    await redis.kill();
    other = await start();
    const elsewhere = new SampleClient(app.url);
    expect((await eventually(() => answered(elsewhere.logIn('Lin')), WAIT)).status).toBe(200);
    elsewhere.moveTo(other.url);
    expect(await eventually(() => answered(elsewhere.get('/me')), WAIT)).toMatchObject({ status: 200 });
    await other.end();
    await returnEmpty();
  });

  it('goes on without its Postgres, and is whole when that is back', async () => {
    await postgres.kill();
    await eventually(async () => (await sessionOf()).degraded, WAIT);
    expect((await ada.get('/me')).status).toBe(200);
    expect((await new SampleClient(app.url).logIn('Kim')).status).toBe(200);
    await postgres.restart();
    await eventually(async () => (await ada.get('/status')).body.level === 'up', WAIT);
  });

  it('ends in time, having shown no secret', async () => {
    const { code, elapsedMs } = await app.end();
    expect(code).toBe(0);
    expect(elapsedMs).toBeLessThan(4_000);
    for (const text of [app.output, ada.transcript]) expect(text).not.toContain('test-only');
  });
});

/** An answer; none where it says to try again. */
async function answered(asked: Promise<SampleAnswer>): Promise<SampleAnswer | undefined> {
  const answer = await asked;
  return answer.status === 503 ? undefined : answer;
}
