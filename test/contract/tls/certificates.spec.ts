import { inspect } from 'node:util';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TlsFiles } from '../../support/tls-files.js';
import { Bench, failureOf, nextChange, recordStates, timed, untilState } from '../connection/bench.js';
import { mend, MISTAKES } from './mistakes.js';
import type { Mistake } from './mistakes.js';

/** Longer than any verdict takes, so that one who waits for it is seen to. */
const PATIENT = { connectTimeoutMs: 8_000 } as const;
const PASSWORD = 'open-sesame';

describeEachDriver('certificates that do not come together', (driver) => {
  const bench = new Bench(driver);
  let files: TlsFiles;
  let server: RedisTestServer;

  beforeAll(() => {
    files = new TlsFiles();
  });

  afterAll(() => files.remove());

  afterEach(() => server.stop());

  const start = async ({ shows, asks }: Mistake): Promise<void> => {
    const shown = files.show(shows?.(files) ?? files.server);
    server = await RedisTestServer.start({ tls: { ...shown, authClients: asks === true }, password: PASSWORD });
  };

  it.each(MISTAKES)('fail the boot at once with kind tls: $what', async (mistake) => {
    await start(mistake);
    const options = { url: server.url, tls: mistake.tls(files), ...PATIENT };
    let error!: Error;
    expect(await timed(async () => (error = await failureOf(bench.open(options))))).toBeLessThan(4_000);
    expect(error).toMatchObject({ redisErrorKind: 'tls', outcome: 'not-sent', operation: 'connect' });
    expect(error.message).toMatch(mistake.advice);
    expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toMatch(
      new RegExp(`${PASSWORD}|PRIVATE KEY`),
    );
    expect(await server.clientCount()).toBe(0);
  });

  it.each(MISTAKES.filter(({ asks, mended }) => asks === true || mended !== undefined))(
    'say so once, and connect when the server is mended: $what',
    async (mistake) => {
      await start(mistake);
      const redis = await bench.degraded({ url: server.url, tls: mistake.tls(files), ...PATIENT });
      const states = recordStates(redis);
      await untilState(redis, 'failed');
      expect(await failureOf(redis.commands.get('k'))).toMatchObject({ redisErrorKind: 'tls', outcome: 'not-sent' });
      expect(states.map(({ to }) => to)).toEqual(['failed']);
      expect(states[0]?.error).toMatchObject({ redisErrorKind: 'tls' });
      await mend(server, files, mistake);
      await redis.ensureReadyClient();
      await redis.commands.set('k', 'v');
      expect(await redis.commands.get('k')).toBe('v');
      expect(await server.clientCount()).toBe(1);
    },
  );

  it('are tried again by itself, when the pause after a verdict is over', async () => {
    const mistake = MISTAKES.find(({ what }) => what.includes('expired')) as Mistake;
    await start(mistake);
    const redis = await bench.degraded({ url: server.url, tls: mistake.tls(files), ...PATIENT });
    await untilState(redis, 'failed');
    const connected = nextChange(redis, 'connected', 12_000);
    await mend(server, files, mistake);
    await connected;
  }, 20_000);
});
