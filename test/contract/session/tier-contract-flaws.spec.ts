import { beforeAll, describe, expect, it } from '@jest/globals';
import { AssertionError } from 'node:assert';
import { memoryTier } from '../../../lib/session/index.js';
import type { SessionTier } from '../../../lib/session/index.js';
import { sessionTierContract } from '../../../lib/testing/index.js';
import type { SessionTierContractOptions } from '../../../lib/testing/index.js';
import { MemoryTier } from '../../../lib/session/memory.tier.js';
import { flawed } from './flawed-tier.js';
import { FLAWS } from './flaws.js';
import { SHARED_FLAWS, nodesOf } from './ledger-flaws.js';

type Failures = ReadonlyMap<string, unknown>;

const BOUNDS = { payloadBytes: 200_000 };
/** What waits for something that a flawed tier never does waits for most of this. */
const TIMEOUT_MS = 1_500;
/** Cases wait for times to pass, most of all; few enough that they are not in each other's way. */
const AT_ONCE = 8;

/** Every case that fails, with its error. */
async function failuresOf(options: SessionTierContractOptions): Promise<Failures> {
  const failures = new Map<string, unknown>();
  const cases = sessionTierContract({ ...BOUNDS, ...options });
  await Promise.all(
    cases.map(({ rule, name, run }) => run().catch((error: unknown) => void failures.set(`${rule}: ${name}`, error))),
  );
  return failures;
}

describe('the contract of tiers', () => {
  const found = new Map<string, Failures>();

  beforeAll(async () => {
    const all = [
      ...FLAWS.map(({ flaw, create }) => ({ flaw, options: { create } })),
      ...SHARED_FLAWS.map(({ flaw, options }) => ({ flaw, options })),
    ];
    for (let at = 0; at < all.length; at += AT_ONCE) {
      const some = all.slice(at, at + AT_ONCE);
      const failures = await Promise.all(some.map(({ options }) => failuresOf({ ...options, timeoutMs: TIMEOUT_MS })));
      some.forEach(({ flaw }, index) => found.set(flaw, failures[index] ?? new Map()));
    }
  }, 60_000);

  it.each([...FLAWS, ...SHARED_FLAWS])('notices a tier that $flaw', ({ flaw, caughtBy }) => {
    const failures = found.get(flaw) ?? new Map<string, unknown>();
    expect([...failures.keys()]).toContain(caughtBy);
    for (const error of failures.values()) {
      expect(error).toBeInstanceOf(AssertionError);
      expect((error as Error).message).toMatch(/^The contract of session tiers is broken: .+\nSeen: /s);
    }
  });

  it('has every rule broken by a flaw that it notices', () => {
    const rules = new Set(sessionTierContract({ create: () => memoryTier() }).map(({ rule }) => rule));
    const broken = new Set([...FLAWS, ...SHARED_FLAWS].map(({ caughtBy }) => caughtBy.split(':')[0]));
    expect([...rules].filter((rule) => !broken.has(rule))).toEqual([]);
  });

  it('finds nothing in sound tiers, with a ledger or without', async () => {
    expect(await failuresOf({ create: () => memoryTier() })).toEqual(new Map());
    expect(await failuresOf(nodesOf())).toEqual(new Map());
  }, 20_000);

  it('finds nothing in a sound shared tier without a ledger', async () => {
    const store = new MemoryTier(1_000);
    const node = (): SessionTier =>
      flawed(() => ({ shared: true, open: () => Promise.resolve(), close: () => Promise.resolve() }), store);
    for (const { name, run } of sessionTierContract({ ...BOUNDS, create: node, createPeer: node })) {
      await expect(run().then(() => name)).resolves.toBe(name); // one after the other: they share the marks
    }
  }, 20_000);

  it('passes over what a tier leaves out, unless it is required', async () => {
    const lacking = (): SessionTier => flawed(() => ({ putIf: undefined, ids: undefined, idsOfUser: undefined }));
    expect(await failuresOf({ create: lacking })).toEqual(new Map());
    const required = await failuresOf({ create: lacking, requires: ['putIf', 'idsOfUser'] });
    expect([...required.keys()]).toEqual(['life: has what it is meant to have']);
  }, 20_000);

  it('wants a peer of a tier that says it is shared', async () => {
    const failures = await failuresOf({ create: nodesOf().create });
    expect([...failures.values()].every((error) => String(error).includes('give createPeer'))).toBe(true);
    expect([...failures.keys()].filter((name) => name.startsWith('shared: '))).not.toEqual([]);
  }, 20_000);

  it('ends in time when a tier never answers, and says which case', async () => {
    const create = (): SessionTier => flawed(() => ({ get: () => new Promise(() => undefined) }));
    const cases = sessionTierContract({ create, timeoutMs: 100 });
    const [one] = cases.filter(({ name }) => name.startsWith('gives back'));
    await expect(one?.run()).rejects.toThrow(/the case "gives back what was put.+" is over within 100 ms/);
  });

  it('tells a rejection of the tier, and its reason', async () => {
    const create = (): SessionTier => flawed(() => ({ put: () => Promise.reject(new Error('no such table')) }));
    const [one] = sessionTierContract({ create }).filter(({ rule }) => rule === 'join');
    const error = await one?.run().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AssertionError);
    expect(error).toMatchObject({ message: expect.stringContaining('no such table') });
    expect((error as Error).cause).toMatchObject({ message: 'no such table' });
  });

  it('names each case once, and takes each as a function of nothing', () => {
    const cases = sessionTierContract({ create: () => memoryTier() });
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(cases.map(({ run }) => run.length)).toEqual(cases.map(() => 0));
  });

  it('closes and removes what it opened, also after a failure', async () => {
    const seen: string[] = [];
    const create = (): SessionTier =>
      flawed((sound) => ({ close: () => sound.close().then(() => void seen.push('closed')) }), new MemoryTier(1));
    const dispose = (): void => void seen.push('disposed');
    const cases = sessionTierContract({ create, dispose }).filter(({ rule }) => rule === 'list');
    await Promise.allSettled(cases.map(({ run }) => run()));
    expect(seen.filter((what) => what === 'closed')).toHaveLength(cases.length);
    expect(seen.filter((what) => what === 'disposed')).toHaveLength(cases.length);
  });

  it.each([
    [{}, 'create must'],
    [{ create: 1 }, 'create must'],
    [{ create: () => memoryTier(), requires: ['get'] }, 'requires must'],
    [{ create: () => memoryTier(), lateByMs: -1 }, 'lateByMs must'],
    [{ create: () => memoryTier(), peer: 1 }, 'peer is not an option'],
  ])('refuses %j', (options, words) => {
    expect(() => sessionTierContract(options as SessionTierContractOptions)).toThrow(
      expect.objectContaining({ redisErrorKind: 'configuration', message: expect.stringContaining(words) }),
    );
  });
});
