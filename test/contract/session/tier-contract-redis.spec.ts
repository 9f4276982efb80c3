import { afterAll, beforeAll } from '@jest/globals';
import { RedisClientFactory } from '../../../lib/index.js';
import type { SessionTier } from '../../../lib/session/index.js';
import { sessionTierContract } from '../../../lib/testing/index.js';
import type { SessionTierContractOptions, SessionTierRule } from '../../../lib/testing/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { play } from './play-contract.js';
import { RedisAsTier } from './redis-as-tier.js';

describeEachDriver('the contract of tiers (redis)', (driver) => {
  /** What Redis itself has: it is what the marks are about, it lists in another way, and says "not found" by itself. */
  const OTHERS: readonly SessionTierRule[] = ['dirty', 'drain', 'putIf', 'list', 'ledger'];
  const OTHER_CASES = /may be opened again|counts what is dirty|drains? |the mark of|next node|forgets on every node/;
  let redis: RedisTestServer;
  let connection: Awaited<ReturnType<typeof RedisClientFactory.create>>;
  const tier = (): SessionTier => new RedisAsTier(connection.commands);
  const options: SessionTierContractOptions = { create: tier, createPeer: tier, lateByMs: 500 };

  beforeAll(async () => {
    redis = await RedisTestServer.start();
    connection = await RedisClientFactory.create({ url: redis.url, driver, commandTimeoutMs: 5_000 });
  });
  afterAll(async () => {
    await connection.close();
    await redis.stop();
  });

  play(sessionTierContract(options).filter(({ rule, name }) => !OTHERS.includes(rule) && !OTHER_CASES.test(name)));
});
