import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionEntry, SessionTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { liveEntry } from '../../unit/session/entries.js';

describe('the ledger of a Postgres tier', () => {
  let postgres: PostgresTestServer;
  let tiers: SessionTier[];

  const tier = async (connectionString = postgres.url, timeoutMs = 1_000): Promise<SessionTier> => {
    const made = postgresTier({ connectionString, timeoutMs });
    tiers.push(made);
    await made.open?.();
    await made.ledger?.meet('redis-1');
    return made;
  };
  const entry = (n: number): SessionEntry => liveEntry(n, Date.now() + 3_600_000);
  const drained = async (from: SessionTier): Promise<string[]> => {
    const ids: string[] = [];
    for await (const batch of from.drain(10)) ids.push(...batch.map(({ id }) => id));
    return ids;
  };
  const settled = (one: SessionTier): Promise<boolean> =>
    eventually(
      async () => {
        await one.ledger?.settle();
        return one.ledger?.page?.inDoubt === false;
      },
      { timeoutMs: 12_000 },
    );

  beforeEach(async () => {
    tiers = [];
    postgres = await PostgresTestServer.start();
  });
  afterEach(async () => {
    for (const one of tiers) await one.close?.();
    await postgres.stop();
  });

  it('has every node know of the doubt before a change that Redis lacks is acknowledged', async () => {
    const [one, other] = [await tier(), await tier()];
    for (let n = 1; n <= 3; n += 1) {
      await settled(one);
      await eventually(() => other.ledger?.page?.inDoubt === false);
      await one.put('a', entry(n), true);
      expect(other.ledger?.page?.inDoubt === true || other.ledger?.isCurrent === false).toBe(true);
      await one.confirm('a', entry(n));
    }
  }, 60_000);

  it('waits for a node that does not answer until that node believes nothing any more', async () => {
    const proxy = await TcpProxy.start({ host: postgres.host, port: postgres.port });
    const one = await tier();
    const silent = await tier(postgres.url.replace(`:${postgres.port}`, `:${proxy.port}`));
    await settled(one);
    await eventually(() => silent.ledger?.page?.inDoubt === false && silent.ledger.isCurrent);
    proxy.mute();
    await one.put('a', entry(1), true);
    expect(silent.ledger?.isCurrent).toBe(false);
    await proxy.pass();
  }, 60_000);

  it('does not end the doubt while a change is dirty, or a node is cut off', async () => {
    const [one, other] = [await tier(), await tier()];
    await one.put('a', entry(1), true);
    await other.ledger?.settle();
    expect(other.ledger?.page?.inDoubt).toBe(true);
    expect(await drained(other)).toEqual(['a']);
    await other.confirm('a', entry(1));
    await settled(other);
    expect(await drained(other)).toEqual([]);
  }, 60_000);

  it('makes everything dirty when another Redis is met, once for all nodes', async () => {
    const [one, other] = [await tier(), await tier()];
    for (const n of [1, 2, 3]) await one.put(`s${n}`, entry(n), false);
    expect(await drained(one)).toEqual([]);
    const pages = await Promise.all([one.ledger?.meet('redis-2'), other.ledger?.meet('redis-2')]);
    expect(pages.map((page) => page?.generation)).toEqual([pages[0]?.generation, pages[0]?.generation]);
    expect((await drained(other)).toSorted()).toEqual(['s1', 's2', 's3']);
  });

  it('keeps the doubt while a change of the generation before may be under way', async () => {
    const one = await tier();
    await settled(one);
    await one.ledger?.meet('redis-2');
    expect(await drained(one)).toEqual([]);
    await one.ledger?.settle();
    expect(one.ledger?.page?.inDoubt).toBe(true);
    expect(await settled(one)).toBe(true);
  }, 60_000);

  it('takes what Redis confirmed in another generation for dirty', async () => {
    const one = await tier();
    await settled(one);
    await postgres.query(`UPDATE redis_hub_sessions_ledger SET generation = generation + 1 WHERE name = 'redis'`);
    // The page of this node may be of before, and its word of Redis with it.
    await one.put('a', entry(1), false);
    await eventually(async () => (await drained(one)).length === 1 || (await one.get('a'))?.dirty === false);
    const [row] = await postgres.query<{ confirmed: number }>('SELECT confirmed FROM redis_hub_sessions');
    expect([0, one.ledger?.page?.generation]).toContain(row?.confirmed);
  });
});
