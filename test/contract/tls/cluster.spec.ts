import { redisOptionsFromEnv } from '../../../lib/config/redis-options-from-env.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestCluster } from '../../support/redis-cluster.js';
import { TlsFiles } from '../../support/tls-files.js';
import { Bench, failureOf } from '../connection/bench.js';

const PATIENT = { connectTimeoutMs: 8_000, commandTimeoutMs: 1_000 } as const;
const PASSWORD = 'open-sesame';

describeEachDriver('a cluster over TLS', (driver) => {
  const bench = new Bench(driver);
  const files = new TlsFiles();
  let cluster: RedisTestCluster;

  beforeAll(async () => {
    const tls = { ...files.show(files.server), authClients: true };
    cluster = await RedisTestCluster.start({ replicas: 0, password: PASSWORD, tls });
  }, 20_000);

  afterAll(async () => {
    await cluster.stop();
    files.remove();
  });

  it('is reached on every node with the certificate, by option and by variables', async () => {
    const { client, caFile } = files;
    const byOption = { url: cluster.url, tls: files.as(client) };
    const byEnv = redisOptionsFromEnv({
      REDIS_URL: cluster.url,
      REDIS_TLS: 'required',
      REDIS_TLS_CA_FILE: caFile,
      REDIS_TLS_CERT_FILE: client.certFile,
      REDIS_TLS_KEY_FILE: client.keyFile,
    });
    for (const options of [byOption, byEnv]) {
      const redis = await bench.open({ ...options, ...PATIENT });
      const keys = Array.from({ length: 30 }, (_, i) => `key-${i}`);
      await Promise.all(keys.map((key) => redis.commands.set(key, key)));
      expect(await Promise.all(keys.map((key) => redis.commands.get(key)))).toEqual(keys);
      await redis.close();
    }
  });

  it('fails the boot with kind tls without the client certificate, and without the authority', async () => {
    const { ca } = files;
    const withoutCertificate = await failureOf(bench.open({ url: cluster.url, tls: { ca }, ...PATIENT }));
    expect(withoutCertificate).toMatchObject({
      redisErrorKind: 'tls',
      message: expect.stringContaining('asks for a client certificate'),
    });
    const withoutAuthority = await failureOf(bench.open({ url: cluster.url, ...PATIENT }));
    expect(withoutAuthority).toMatchObject({
      redisErrorKind: 'tls',
      message: expect.stringContaining('REDIS_TLS_CA_FILE'),
    });
    expect(withoutCertificate.message + withoutAuthority.message).not.toContain(PASSWORD);
    await eventually(async () => (await cluster.clientCount()) === 0);
  });
});
