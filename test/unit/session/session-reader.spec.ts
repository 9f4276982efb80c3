import { FallbackTiers } from '../../../lib/session/fallback-tiers.js';
import type { SessionEntry } from '../../../lib/session/interfaces/session-entry.interface.js';
import { MemoryTier } from '../../../lib/session/memory.tier.js';
import { SessionReader, type SessionSources } from '../../../lib/session/session.reader.js';

const entry: SessionEntry = { version: '5', expiryVersion: '5', expiresAt: Date.now() + 60_000, data: '{}' };

/** A reader whose Redis has no such key, and what happens while its answer is on the way. */
function readerOf(memory: MemoryTier, meanwhile: () => Promise<void>): SessionReader {
  const get = async (): Promise<undefined> => {
    await meanwhile();
    return undefined;
  };
  const sources = {
    standing: { isEnabled: true, isVerified: true, attempt: (_action: string, call: () => unknown) => call() },
    trust: { mode: 'redis' },
    redis: { get },
    fallback: new FallbackTiers([memory], 0),
  };
  return new SessionReader(sources as unknown as SessionSources, () => undefined);
}

describe('a session that Redis does not have', () => {
  let memory: MemoryTier;

  beforeEach(() => {
    memory = new MemoryTier(10);
  });

  it('is read where a replay brought it to Redis after Redis was asked', async () => {
    await memory.put('s', entry, true);
    const reader = readerOf(memory, () => memory.confirm('s', entry));
    expect(await reader.read('s')).toMatchObject({ version: '5' });
    expect(await memory.get('s')).toMatchObject({ dirty: false });
  });

  it('is gone where Redis had confirmed it before', async () => {
    await memory.put('s', entry, false);
    const reader = readerOf(memory, () => Promise.resolve());
    expect(await reader.read('s')).toBeUndefined();
    expect(await memory.get('s')).toBeUndefined();
  });
});
