import { describe, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/memory-tier.factory.js';
import { MemoryTier } from '../../../lib/session/memory.tier.js';
import { liveEntry, tombstone, versionOf } from './entries.js';

function tierAt(maxSessions: number) {
  const clock = { now: 1_000 };
  return { clock, tier: new MemoryTier(maxSessions, () => clock.now) };
}

async function drained(tier: MemoryTier, batchSize = 10) {
  const batches = [];
  for await (const batch of tier.drain(batchSize)) batches.push(batch);
  return batches;
}

describe('MemoryTier', () => {
  it('gives back what was put, to the millisecond of its expiry', async () => {
    const { clock, tier } = tierAt(10);
    await tier.put('a', liveEntry(1, 1_005), false);
    clock.now = 1_004;
    expect((await tier.get('a'))?.entry.data).toBe('{"n":1}');
    clock.now = 1_005;
    expect(await tier.get('a')).toBeUndefined();
    expect(tier.stats.sessions).toBe(0);
  });

  it('drops the least recently used first, and counts it', async () => {
    const { tier } = tierAt(2);
    await tier.put('a', liveEntry(1, 9_000), false);
    await tier.put('b', liveEntry(2, 9_000), false);
    await tier.get('a');
    await tier.put('c', liveEntry(3, 9_000), false);
    expect(await tier.get('b')).toBeUndefined();
    expect(await tier.get('a')).toBeDefined();
    expect(tier.stats).toEqual({ sessions: 2, dirty: 0, evicted: 1 });
  });

  it('does not count an expired session as evicted', async () => {
    const { clock, tier } = tierAt(1);
    await tier.put('a', liveEntry(1, 1_001), false);
    clock.now = 1_002;
    await tier.put('b', liveEntry(2, 9_000), false);
    expect(tier.stats).toEqual({ sessions: 1, dirty: 0, evicted: 0 });
  });

  it('never drops a dirty entry: it refuses the next, and keeps what it had', async () => {
    const { tier } = tierAt(2);
    await tier.put('a', liveEntry(1, 9_000), true);
    await tier.put('b', liveEntry(2, 9_000), true);
    await expect(tier.put('c', liveEntry(3, 9_000), true)).rejects.toMatchObject({ redisErrorKind: 'unavailable' });
    expect((await tier.put('a', liveEntry(4, 9_000), true)).entry.version).toBe(versionOf(4));
    expect(tier.stats).toEqual({ sessions: 2, dirty: 2, evicted: 0 });
  });

  it('passes over a clean entry when only dirty ones are held: Redis has it', async () => {
    const { tier } = tierAt(1);
    await tier.put('a', liveEntry(1, 9_000), true);
    await tier.put('b', liveEntry(2, 9_000), false);
    expect(await tier.get('b')).toBeUndefined();
    expect(tier.dirtyCount).toBe(1);
  });

  it('makes room by dirty entries that ended everywhere', async () => {
    const { clock, tier } = tierAt(1);
    await tier.put('a', liveEntry(1, 1_001), true);
    clock.now = 1_002;
    await tier.put('b', liveEntry(2, 9_000), true);
    expect(await tier.get('b')).toBeDefined();
  });

  it('remembers a dirty entry past its end while an older version may live longer in Redis', async () => {
    const { clock, tier } = tierAt(10);
    await tier.put('a', liveEntry(1, 5_000), false);
    await tier.put('a', liveEntry(2, 1_100), true);
    clock.now = 2_000;
    expect(await tier.get('a')).toMatchObject({ dirty: true, entry: { version: versionOf(2) } });
    expect(await tier.touch('a', { version: versionOf(3), expiresAt: 9_000 }, true)).toBeUndefined();
    expect((await drained(tier)).flat()).toHaveLength(1);
    clock.now = 5_000;
    expect(await tier.get('a')).toBeUndefined();
  });

  it('keeps a tombstone against every later save', async () => {
    const { tier } = tierAt(10);
    await tier.put('a', tombstone(2, 9_000), false);
    const held = await tier.put('a', liveEntry(7, 9_500), false);
    expect(held.entry).toMatchObject({ data: undefined, expiresAt: 9_500 });
  });

  describe('dirty marks', () => {
    it('are cleared by a confirmation of the same entry, not of an older one', async () => {
      const { tier } = tierAt(10);
      await tier.put('a', liveEntry(1, 9_000), true);
      await tier.put('a', liveEntry(2, 9_000), true);
      await tier.confirm('a', liveEntry(1, 9_000));
      expect(tier.dirtyCount).toBe(1);
      await tier.confirm('a', liveEntry(2, 9_000));
      expect(tier.dirtyCount).toBe(0);
    });

    it('are cleared by a newer change that Redis took', async () => {
      const { tier } = tierAt(10);
      await tier.put('a', liveEntry(1, 9_000), true);
      expect(await tier.put('a', liveEntry(2, 9_000), false)).toMatchObject({ dirty: false });
    });

    it('survive the news of an older change', async () => {
      const { tier } = tierAt(10);
      await tier.put('a', liveEntry(2, 9_000), true);
      expect(await tier.put('a', liveEntry(1, 9_000), false)).toMatchObject({
        dirty: true,
        entry: { version: versionOf(2) },
      });
    });

    it('are not made by an old change that adds nothing', async () => {
      const { tier } = tierAt(10);
      await tier.put('a', liveEntry(2, 9_000), false);
      expect(await tier.put('a', liveEntry(1, 9_000), true)).toMatchObject({ dirty: false });
    });

    it('survive a touch that Redis took: it says nothing of the data', async () => {
      const { tier } = tierAt(10);
      await tier.put('a', liveEntry(1, 5_000), true);
      await tier.touch('a', { version: versionOf(2), expiresAt: 9_000 }, false);
      expect(await tier.get('a')).toMatchObject({ dirty: true, entry: { expiresAt: 9_000, data: '{"n":1}' } });
    });

    it('are set on everything when Redis may have lost what it confirmed', async () => {
      const { tier } = tierAt(10);
      await tier.put('a', liveEntry(1, 9_000), false);
      await tier.put('b', tombstone(2, 9_000), false);
      await tier.markAllDirty();
      expect(tier.dirtyCount).toBe(2);
    });
  });

  it('drains in batches, tombstones first, and passes over what was confirmed meanwhile', async () => {
    const { tier } = tierAt(10);
    for (const n of [1, 2, 3]) await tier.put(`live${n}`, liveEntry(n, 9_000), true);
    await tier.put('dead', tombstone(4, 9_000), true);
    const seen: string[][] = [];
    for await (const batch of tier.drain(2)) {
      seen.push(batch.map(({ id }) => id));
      await tier.confirm('live2', liveEntry(2, 9_000));
    }
    expect(seen).toEqual([['dead', 'live1'], ['live3']]);
  });

  it('touches only what lives, and never to an earlier end', async () => {
    const { tier } = tierAt(10);
    await tier.put('a', liveEntry(1, 5_000), false);
    await tier.put('dead', tombstone(1, 5_000), false);
    const early = await tier.touch('a', { version: versionOf(2), expiresAt: 4_000 }, true);
    expect(early).toMatchObject({ dirty: true, entry: { expiresAt: 5_000 } });
    expect(await tier.touch('dead', { version: versionOf(2), expiresAt: 9_000 }, true)).toBeUndefined();
    expect(await tier.touch('none', { version: versionOf(2), expiresAt: 9_000 }, true)).toBeUndefined();
  });

  it('forgets a clean entry only while it is the one that was meant', async () => {
    const { tier } = tierAt(10);
    const { entry } = await tier.put('a', liveEntry(1, 9_000), false);
    await tier.put('a', liveEntry(2, 9_000), false);
    await tier.forget('a', entry);
    expect(await tier.get('a')).toBeDefined();
  });
});

describe('memoryTier', () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10'])('refuses %p sessions', (maxSessions) => {
    expect(() => memoryTier({ maxSessions: maxSessions as number })).toThrow(
      expect.objectContaining({ redisErrorKind: 'configuration', message: expect.stringContaining('maxSessions') }),
    );
  });

  it('tells how much it holds', () => {
    expect(memoryTier().stats).toEqual({ sessions: 0, dirty: 0, evicted: 0 });
  });
});
