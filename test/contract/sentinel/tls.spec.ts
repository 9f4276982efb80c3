import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { SentinelGroup } from '../../support/sentinel-group.js';
import { TlsFiles } from '../../support/tls-files.js';
import { Bench, failureOf } from '../connection/bench.js';
import { openBehind } from './open-behind.js';

describeEachDriver('TLS behind sentinels', (driver) => {
  const bench = new Bench(driver);
  const files = new TlsFiles();
  let group: SentinelGroup;

  beforeAll(async () => {
    const tls = { ...files.show(files.server), authClients: true };
    group = await SentinelGroup.start({ server: { tls }, sentinel: { tls } });
  });

  afterAll(async () => {
    await group.stop();
    files.remove();
  });

  it('protects the way to the sentinels as it does that to the server, before and after a fail-over', async () => {
    const redis = await openBehind(bench, { sentinel: group.address, tls: files.as(files.client) });
    expect(await redis.commands.set('k', 'v')).toBe(true);
    const promoted = await group.failover();
    await eventually(() => redis.endpoint === `${promoted.host}:${promoted.port}` && redis.state === 'connected');
    expect(await redis.commands.set('k', 'v')).toBe(true);
  });

  it('may be other than that of the server', async () => {
    const options = { sentinel: { ...group.address, tls: files.as(files.client) }, tls: { ca: files.stranger.cert } };
    const failed = await failureOf(openBehind(bench, options));
    expect(failed).toMatchObject({ redisErrorKind: 'tls', endpoint: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
  });

  it('that the sentinels fail is said of them', async () => {
    const options = { sentinel: { ...group.address, tls: { ca: files.stranger.cert } }, tls: files.as(files.client) };
    const failed = await failureOf(openBehind(bench, options));
    expect(failed.redisErrorKind).toBe('tls');
    expect(failed.endpoint).toContain('mymaster (sentinels');
  });
});
