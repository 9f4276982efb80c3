import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TEST_DRIVERS } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { startLoad, startQueueApp, type Load, type QueueApp } from './queue-app.js';

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The outage is the length of the story, not a wait for something to happen. */
const OUTAGES = [
  { name: 'killed for 3 s', lasts: 3_000, begin: 'kill', end: 'restart', slackMs: 1_000 },
  { name: 'frozen for 10 s', lasts: 10_000, begin: 'freeze', end: 'thaw', slackMs: 1_000 },
] as const;

const CASES = TEST_DRIVERS.flatMap((driver) => OUTAGES.map((outage) => ({ driver, ...outage })));

type Story = (typeof CASES)[number];

/** What an app on a private server saw: all stories are played at once, for each is mostly a wait. */
async function play(story: Story): Promise<{ app: QueueApp; load: Load; missing: number[]; socketsLeft: number }> {
  const server = await RedisTestServer.start({ appendonly: true, args: ['--appendfsync', 'always'] });
  const app = await startQueueApp({ url: server.url, driver: story.driver });
  const load = startLoad(app.queue);
  await eventually(() => load.acknowledged.size >= 30, { what: '30 jobs acknowledged' });
  await server[story.begin]();
  await pass(story.lasts);
  await server[story.end]();
  const before = load.acknowledged.size;
  await eventually(() => load.acknowledged.size >= before + 30, { what: 'jobs acknowledged again', timeoutMs: 8_000 });
  await load.stop();
  const missing = (): number[] => [...load.acknowledged].filter((n) => !app.log.runs.has(n));
  await eventually(() => missing().length === 0, { what: 'every acknowledged job run', timeoutMs: 15_000 });
  await app.close();
  await eventually(async () => (await server.clientCount()) === 0, { what: 'no socket left' });
  const socketsLeft = await server.clientCount();
  await server.stop();
  return { app, load, missing: missing(), socketsLeft };
}

describe('a queue under load while Redis is', () => {
  let sentinel: ProcessSentinel;
  const played = new Map<Story, ReturnType<typeof play>>();

  beforeAll(() => {
    sentinel = ProcessSentinel.start();
    for (const story of CASES) {
      const playing = play(story);
      playing.catch(() => undefined);
      played.set(story, playing);
    }
  });

  afterAll(async () => {
    await Promise.allSettled(played.values());
    await sentinel.assertQuiet();
    await sentinel.stop();
  });

  it.each(CASES)('$name ($driver): loses nothing, runs nothing twice, resumes', async (story) => {
    const seen = await played.get(story);
    expect(seen?.missing).toEqual([]);
    expect(seen?.app.log.runTwice).toEqual([]);
    expect(seen?.socketsLeft).toBe(0);
  });

  it.each(CASES)('$name ($driver): rejects within the deadline, as an outage', async (story) => {
    const rejections = (await played.get(story))?.load.rejections ?? [];
    expect(rejections.length).toBeGreaterThan(0);
    const kinds = new Set(rejections.map(({ kind }) => String(kind)));
    expect(['unavailable', 'connection-lost', 'command-timeout']).toEqual(expect.arrayContaining([...kinds]));
    expect(Math.max(...rejections.map(({ elapsedMs }) => elapsedMs))).toBeLessThan(500 + story.slackMs);
  });
});
