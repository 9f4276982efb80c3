import { describeEachDriver } from '../../../support/drivers.js';
import { RedisTestServer } from '../../../support/redis-server.js';
import type { ContextCache, ContextMessage } from '../../../../lib/context/index.js';
import { ContextApp } from '../context-app.js';

const SIZES = [100, 10_000] as const;
const CALLS = 15;
/** Far more than what a busy machine adds to the cheapest of some calls, and far less than the growth of the chat. */
const MOST = 5;

const message = (n: number): ContextMessage => ({ role: 'user', content: `message ${n}`, id: `m${n}` });

describeEachDriver('a long chat', (driver) => {
  let server: RedisTestServer;
  let apps: readonly ContextApp[];

  beforeAll(async () => {
    server = await RedisTestServer.start();
    await server.hold();
    apps = await Promise.all(SIZES.map((size) => fill(size)));
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await server.stop();
  });

  it.each<[string, (context: ContextCache, n: number) => Promise<unknown>]>([
    ['append', (context, n) => context.append('c', message(n))],
    ['recent', (context) => context.recent('c', 20)],
    ['window by tokens', (context) => context.window('c', { maxTokens: 200 })],
    ['page', (context) => context.page('c', { limit: 20 })],
  ])('costs the server no more than a short one: %s', async (_what, call) => {
    const [short, long] = [await leastOf(apps[0] as ContextApp, call), await leastOf(apps[1] as ContextApp, call)];
    expect(long / short).toBeLessThan(MOST);
  });

  /** Full chats, so that each append trims; each in a tenant of its own. */
  async function fill(size: number): Promise<ContextApp> {
    const options = { maxMessages: size, countTokens: 'estimate', tenant: `of ${size}` } as const;
    const app = await ContextApp.start(driver, server, options, { commandTimeoutMs: 15_000 });
    for (let n = 0; n < size; n += 1_000) {
      const count = Math.min(1_000, size - n);
      await app.cache.append(
        'c',
        Array.from({ length: count }, (_, at) => message(n + at)),
      );
    }
    return app;
  }

  /** Microseconds of the server for the cheapest of some calls, by its own count. */
  async function leastOf(
    app: ContextApp,
    call: (context: ContextCache, n: number) => Promise<unknown>,
  ): Promise<number> {
    const costs: number[] = [];
    for (let n = 0; n < CALLS; n += 1) {
      await server.command('CONFIG', 'RESETSTAT');
      await call(app.cache, SIZES[1] + n);
      const stats = String(await server.command('INFO', 'commandstats'));
      const scripts = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+),usec=(\d+)/g)];
      costs.push(scripts.reduce((sum, [, calls, usec]) => sum + Number(usec) / Number(calls), 0));
    }
    return Math.min(...costs);
  }
});
