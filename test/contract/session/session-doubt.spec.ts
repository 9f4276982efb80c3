import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import type { HeldSession } from '../../../lib/session/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { LedgerStore, LedgerTier, NodeLedger } from './ledger-tier.js';
import { SessionApp } from './session-app.js';

const UNKNOWN = { redisErrorKind: 'unavailable', message: expect.stringContaining('may be old') };

/** As that of a store that is not reached: its page stays as it was read. */
class AwayLedger extends NodeLedger {
  constructor(
    store: LedgerStore,
    private readonly isAway: () => boolean,
  ) {
    super(store);
  }

  override async settle(): Promise<void> {
    if (!this.isAway()) await super.settle();
  }
}

describeEachDriver('A Redis that may be behind, and no tier that knows better', (driver) => {
  let redis: RedisTestServer;
  let store: LedgerStore;
  let app: SessionApp;
  let isAway: boolean;

  beforeEach(async () => {
    redis = await RedisTestServer.start();
    [store, isAway] = [new LedgerStore(), false];
    const tier = new LedgerTier(store, (one) => new AwayLedger(one, () => isAway));
    Object.defineProperty(tier, 'isAvailable', { get: () => !isAway });
    app = await SessionApp.start(driver, redis, { session: { fallback: [tier, memoryTier()] } });
    await app.until({ degraded: false, trusted: true });
    await app.sessions.set('old', { n: 1 });
  });
  afterEach(async () => {
    await app.stop();
    await redis.stop();
  });

  const lose = async (): Promise<void> => {
    isAway = true;
    await redis.command('DEL', 'dialog:session:old');
    store.write({ ...store.page, inDoubt: true });
  };

  it('tells no copy from before, that another node may have changed or ended', async () => {
    await lose();
    await expect(app.sessions.get('old')).rejects.toMatchObject(UNKNOWN);
    await expect(app.sessions.touch('old')).rejects.toMatchObject(UNKNOWN);
    await expect(app.sessions.get('old')).rejects.toMatchObject(UNKNOWN);
    await expect(app.sessions.update('old', () => ({ n: 2 }))).rejects.toMatchObject(UNKNOWN);
    isAway = false;
    expect(await app.sessions.get('old')).toEqual({ n: 1 });
  });

  it('tells what this node wrote since, and that a session was ended', async () => {
    await lose();
    expect(await app.sessions.set('new', { n: 1 })).toBe(true);
    expect(await app.sessions.get('new')).toEqual({ n: 1 });
    await app.sessions.destroy('old');
    expect(await app.sessions.get('old')).toBeUndefined();
  });
});

/** Answers what it is asked, and was told nothing of what was written while it was deaf. */
class DeafTier extends LedgerTier {
  isDeaf = false;

  override put(...args: Parameters<LedgerTier['put']>): Promise<HeldSession> {
    return this.isDeaf ? Promise.reject(new Error('not now')) : super.put(...args);
  }
}

/** Of a node that has not heard from the store for a while: a tier that answers is asked as well. */
class LateLedger extends NodeLedger {
  isLate = false;

  override get isCurrent(): boolean {
    return !this.isLate && super.isCurrent;
  }
}

describeEachDriver('A shared tier that missed a session, and answers again', (driver) => {
  it('is believed neither by a read nor by a touch of what Redis has', async () => {
    const redis = await RedisTestServer.start();
    const tier = new DeafTier(new LedgerStore(), (store) => new LateLedger(store));
    const app = await SessionApp.start(driver, redis, { session: { fallback: [tier, memoryTier()] } });
    await app.until({ degraded: false, trusted: true });
    tier.isDeaf = true;
    (tier.ledger as LateLedger).isLate = true;
    expect(await app.sessions.set('missed', { n: 1 }, { ttlMs: 60_000 })).toBe(true);
    expect(await tier.get('missed')).toBeUndefined();
    expect(await app.sessions.get('missed')).toEqual({ n: 1 });
    expect(await app.sessions.touch('missed', { ttlMs: 3_600_000 })).toBe(true);
    expect(Number(await redis.command('PTTL', 'dialog:session:missed'))).toBeGreaterThan(60_000);
    expect(await redis.command('HEXISTS', 'dialog:session:%pending', 'missed')).toBe(1);
    await app.sessions.destroy('missed');
    expect(await app.sessions.touch('missed')).toBe(false);
    await app.stop();
    await redis.stop();
  });
});
