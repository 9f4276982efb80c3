import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ATTACKS } from './attacks.js';
import { MOST_MEMORY, Stage } from './story.js';

const AT_ONCE = 6;

/** What a plain GET cannot tell from its answer, since it would be one. */
const ANSWERS: ReadonlySet<string> = new Set([
  'one stray reply',
  'stray replies without end',
  'nothing, in the new form',
  'a negative length',
]);

describeEachDriver('a connection whose peer answers everything with', (driver) => {
  let server: RedisTestServer;
  let stage: Stage;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    await server.command('SET', 'k', 'good');
    stage = new Stage(driver, server);
    stage.begin(Object.values(ATTACKS), AT_ONCE);
  });

  afterAll(async () => {
    await stage.stop();
    await server.stop();
  });

  it.each(Object.entries(ATTACKS))(
    '%s says so, keeps its memory, and is well again when the peer is',
    async (name, attack) => {
      const { handshake, command, grown, complaints, polluted } = await stage.outcomeOf(attack);
      expect(handshake.error).toMatchObject({ name: 'RedisError', redisErrorKind: expect.any(String) });
      if (!ANSWERS.has(name)) expect(command.error).toMatchObject({ name: 'RedisError' });
      expect(complaints).toEqual([]);
      expect(polluted).toBe(0);
      expect(grown).toBeLessThan(MOST_MEMORY);
    },
    120_000,
  );
});
