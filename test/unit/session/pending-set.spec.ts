import { PendingSet } from '../../../lib/session/pending-set.js';
import type { RedisCommands } from '../../../lib/interfaces/redis-commands.interface.js';
import type { TaggedScripts } from '../../../lib/session/tagged-scripts.js';
import { deferred } from '../../support/eventually.js';

const note = (version: string) => ({ version, expiresAt: Date.now() + 60_000 });

describe('PendingSet', () => {
  let exists: () => Promise<number>;
  let isLocked: boolean;
  let pending: PendingSet;

  beforeEach(() => {
    isLocked = false;
    const commands = { exists: () => exists(), set: () => Promise.resolve(!isLocked) };
    const scripts = { run: () => Promise.resolve([]) };
    pending = new PendingSet(commands as unknown as RedisCommands, scripts as unknown as TaggedScripts, 'p:');
  });

  it('forgets what was known when nothing waits any more', async () => {
    await pending.add('a', note('1'));
    exists = () => Promise.resolve(0);
    expect(await pending.claim()).toBe('nothing');
    expect(pending.knownCount).toBe(0);
  });

  it('keeps what was noted while it was asked whether anything waits', async () => {
    await pending.add('a', note('1'));
    await pending.add('b', note('1'));
    const reply = deferred<number>();
    exists = () => reply.promise;
    const claim = pending.claim();
    await pending.add('b', note('2'));
    await pending.add('c', note('1'));
    reply.resolve(0);
    expect(await claim).toBe('nothing');
    expect(pending.isBehind('a', undefined)).toBe(false);
    expect(pending.isBehind('b', undefined)).toBe(true);
    expect(pending.isBehind('c', undefined)).toBe(true);
  });

  it('tells what waits for another node from what does not wait', async () => {
    exists = () => Promise.resolve(1);
    expect(await pending.claim()).toBe('here');
    isLocked = true;
    expect(await pending.claim()).toBe('elsewhere');
  });
});
