import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { memoryTier } from '../../../lib/session/index.js';
import type { HeldSession, SessionEntry, SessionTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { versionOf } from '../../unit/session/entries.js';

const HOUR = 3_600_000;
let postgres: PostgresTestServer;
let tables = 0;

beforeAll(async () => {
  postgres = await PostgresTestServer.start();
});
afterAll(() => postgres.stop());

const TIERS: Record<string, () => SessionTier> = {
  memory: () => memoryTier(),
  postgres: () =>
    postgresTier({ connectionString: postgres.url, table: `sessions_${(tables += 1)}`, timeoutMs: 5_000 }),
};

describe.each(Object.keys(TIERS))('the contract of tiers (%s)', (name) => {
  let tier: SessionTier;
  const start = Date.now();

  const live = (n: number, expiresAt = start + HOUR): SessionEntry => ({
    version: versionOf(n),
    expiryVersion: versionOf(n),
    expiresAt,
    data: `{"n":${n}}`,
  });
  const dead = (n: number, expiresAt = start + HOUR): SessionEntry => ({ ...live(n, expiresAt), data: undefined });
  const drained = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const batch of tier.drain(2)) {
      expect(batch.length).toBeLessThanOrEqual(2);
      ids.push(...batch.map(({ id }) => id));
    }
    return ids;
  };

  beforeEach(async () => {
    tier = TIERS[name]?.() ?? memoryTier();
    await tier.open?.();
    // as in life: Redis was met before anything is confirmed
    await tier.ledger?.meet('redis-1');
  });
  afterEach(async () => {
    await tier.close?.();
  });

  it('gives back what was put', async () => {
    expect(await tier.get('a')).toBeUndefined();
    await tier.put('a', live(1), false);
    expect(await tier.get('a')).toMatchObject({ dirty: false, entry: live(1) });
  });

  it('keeps the newer of two changes, whichever comes first', async () => {
    await tier.put('a', live(2), false);
    expect(await tier.put('a', live(1), false)).toMatchObject({ entry: live(2) });
    expect(await tier.put('a', live(3), false)).toMatchObject({ entry: live(3) });
    expect(await tier.get('a')).toMatchObject({ entry: live(3) });
  });

  it('keeps a tombstone against every save', async () => {
    await tier.put('a', live(1), false);
    await tier.put('a', dead(2), false);
    const held = await tier.put('a', live(9, start + 2 * HOUR), false);
    expect(held.entry.data).toBeUndefined();
    expect((await tier.get('a'))?.entry.data).toBeUndefined();
    expect(await tier.touch('a', { version: versionOf(10), expiresAt: start + 3 * HOUR }, false)).toBeUndefined();
  });

  it('has forgotten a clean entry whose time is over', async () => {
    await tier.put('a', live(1, start - 1), false);
    expect(await tier.get('a')).toBeUndefined();
    expect(await tier.touch('a', { version: versionOf(2), expiresAt: start + HOUR }, false)).toBeUndefined();
  });

  it('remembers a dirty entry whose time is over while an older one may live longer', async () => {
    await tier.put('a', live(1), false);
    await tier.put('a', live(2, start - 1), true);
    expect(await tier.get('a')).toMatchObject({ dirty: true, entry: { version: versionOf(2) } });
    expect(await drained()).toEqual(['a']);
  });

  it('touches only what lives, and never to an earlier end', async () => {
    await tier.put('a', live(1), false);
    const later = await tier.touch('a', { version: versionOf(2), expiresAt: start + 2 * HOUR }, false);
    expect(later).toMatchObject({ dirty: false, entry: { data: '{"n":1}', expiresAt: start + 2 * HOUR } });
    const early = await tier.touch('a', { version: versionOf(3), expiresAt: start + 1 }, true);
    expect(early).toMatchObject({ dirty: true, entry: { expiresAt: start + 2 * HOUR } });
    expect(await tier.touch('none', { version: versionOf(4), expiresAt: start + HOUR }, true)).toBeUndefined();
  });

  it('drains every dirty entry in batches, until it is confirmed', async () => {
    for (const n of [1, 2, 3, 4, 5]) await tier.put(`s${n}`, live(n), true);
    await tier.put('clean', live(6), false);
    expect((await drained()).toSorted()).toEqual(['s1', 's2', 's3', 's4', 's5']);
    await Promise.all([1, 2, 3].map((n) => tier.confirm(`s${n}`, live(n))));
    await tier.confirm('s4', live(3));
    expect((await drained()).toSorted()).toEqual(['s4', 's5']);
    await tier.put('s4', live(8), false);
    expect(await drained()).toEqual(['s5']);
  });

  it('forgets an entry only while it is the one that was meant', async () => {
    const { entry } = await tier.put('a', live(1), false);
    await tier.put('a', live(2), false);
    await tier.forget('a', entry);
    const held = await tier.get('a');
    expect(held).toBeDefined();
    if (held) await tier.forget('a', held.entry);
    expect(await tier.get('a')).toBeUndefined();
  });

  it.each(['*', '{}', 'a\nb', '\0', '😀', '\ud800', `'; DROP TABLE x; --`, 'ü'.repeat(100)])(
    'takes %j as an id like any other',
    async (id) => {
      await tier.put(id, live(1), true);
      await tier.put(`${id}.`, live(2), false);
      expect(await tier.get(id)).toMatchObject({ entry: live(1) });
      expect(await drained()).toEqual([id]);
    },
  );

  it('ends in the state that the memory tier ends in, whatever comes in whatever order', async () => {
    const ends = [start - HOUR, start + HOUR, start + 2 * HOUR];
    const step = fc.record({
      action: fc.constantFrom('put', 'put', 'put', 'touch', 'confirm' as const),
      version: fc.nat(6),
      later: fc.nat(3),
      end: fc.constantFrom(...ends),
      isDead: fc.boolean(),
      isDirty: fc.boolean(),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const model = memoryTier();
        const id = `run${(run += 1)}`;
        for (const { action, version, later, end, isDead, isDirty } of steps) {
          const data = isDead && version === 6 ? undefined : `{"n":${version}}`;
          const entry = {
            version: versionOf(version),
            expiryVersion: versionOf(version + later),
            expiresAt: end,
            data,
          };
          const touch = { version: versionOf(version + later), expiresAt: end };
          if (action === 'put') {
            const [a, b] = [await tier.put(id, entry, isDirty), await model.put(id, entry, isDirty)];
            expect(textOf(a)).toEqual(textOf(b));
          } else if (action === 'touch') {
            const [a, b] = [await tier.touch(id, touch, isDirty), await model.touch(id, touch, isDirty)];
            expect(textOf(a)).toEqual(textOf(b));
          } else {
            await tier.confirm(id, entry);
            await model.confirm(id, entry);
          }
          expect(textOf(await tier.get(id))).toEqual(textOf(await model.get(id)));
        }
      }),
      { numRuns: name === 'memory' ? 10 : 300 },
    );
  });
});

function textOf(held: HeldSession | undefined): unknown {
  if (held === undefined) return undefined;
  const { version, expiryVersion, expiresAt, data } = held.entry;
  return { version, expiryVersion, expiresAt, data, dirty: held.dirty };
}
