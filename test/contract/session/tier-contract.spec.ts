import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { memoryTier } from '../../../lib/session/index.js';
import type { HeldSession, SessionTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { sessionTierContract } from '../../../lib/testing/index.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { versionOf } from '../../unit/session/entries.js';
import { CASE_TIMEOUT_MS, play } from './play-contract.js';

const HOUR = 3_600_000;

describe('the contract of tiers (memory)', () => {
  play(sessionTierContract({ create: () => memoryTier(), requires: ['putIf', 'ids', 'idsOfUser'] }));
});

describe('the contract of tiers (postgres)', () => {
  let postgres: PostgresTestServer;
  const tierOf = (timeoutMs: number) => (): SessionTier => postgresTier({ connectionString: postgres.url, timeoutMs });
  const tier = tierOf(5_000);
  /** A doubt lasts twice its deadline at least. */
  const hasty = tierOf(700);

  beforeAll(async () => {
    postgres = await PostgresTestServer.start();
  });
  afterAll(() => postgres.stop());

  const requires = ['putIf', 'ids', 'idsOfUser', 'ledger'] as const;
  play(sessionTierContract({ create: tier, createPeer: tier, requires }).filter(({ rule }) => rule !== 'ledger'));
  play(sessionTierContract({ create: hasty, createPeer: hasty, requires }).filter(({ rule }) => rule === 'ledger'));

  it(
    'ends in the state that the memory tier ends in, whatever comes in whatever order',
    async () => {
      const one = tier();
      await one.open?.();
      await one.ledger?.meet('redis-1');
      await expectAsMemory(one, 200);
      await one.close?.();
    },
    CASE_TIMEOUT_MS,
  );
});

/** Held equal to the memory tier by any history of one session, also where the contract leaves a tier free. */
async function expectAsMemory(tier: SessionTier, runs: number): Promise<void> {
  const start = Date.now();
  const ends = [start - HOUR, start + HOUR, start + 2 * HOUR];
  const step = fc.record({
    action: fc.constantFrom('put', 'put', 'put', 'touch', 'confirm' as const),
    version: fc.nat(6),
    later: fc.integer({ min: -3, max: 3 }),
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
        const since = versionOf(Math.max(0, version + later));
        const entry = { version: versionOf(version), expiryVersion: since, expiresAt: end, data };
        const touch = { version: since, expiresAt: end };
        const [a, b] = await Promise.all(
          [tier, model].map(async (one) => {
            if (action === 'put') return textOf(await one.put(id, entry, isDirty));
            if (action === 'touch') return textOf(await one.touch(id, touch, isDirty));
            return one.confirm(id, entry);
          }),
        );
        expect(a).toEqual(b);
        expect(textOf(await tier.get(id))).toEqual(textOf(await model.get(id)));
      }
    }),
    { numRuns: runs },
  );
}

function textOf(held: HeldSession | undefined): unknown {
  if (held === undefined) return undefined;
  const { version, expiryVersion, expiresAt, data } = held.entry;
  return { version, expiryVersion, expiresAt, data, dirty: held.dirty };
}
