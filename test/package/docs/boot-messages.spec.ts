import { RedisClientFactory, redisOptionsFromEnv } from '../../../lib/index.js';
import { ERROR_HINTS } from '../../../lib/errors/error-hints.js';
import { RedisError } from '../../../lib/errors/redis.error.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { RecordingPeer } from '../../support/recording-peer.js';
import { TlsFiles } from '../../support/tls-files.js';
import type { CertificateFiles } from '../../support/tls-files.js';

const WAIT_MS = 1_500;
const GUIDE = readPage('docs/ENV_SETUP_GUIDE.md');
const rows = tableOf(GUIDE, 'mistake').rows.map(([mistake, kind = '', says = '', when]) => ({
  mistake,
  kind: codeSpans(kind)[0] ?? '',
  says: codeSpans(says)[0] ?? '',
  when,
}));

type Environment = Readonly<Record<string, string>>;

/** How boot with these variables ended, and after how long. */
async function bootWith(variables: Environment): Promise<{ readonly error: RedisError; readonly elapsedMs: number }> {
  const started = performance.now();
  try {
    const env = { ...variables, REDIS_CONNECT_TIMEOUT_MS: String(WAIT_MS) };
    const redis = await RedisClientFactory.create(redisOptionsFromEnv(env));
    await redis.close();
  } catch (error) {
    if (error instanceof RedisError) return { error, elapsedMs: performance.now() - started };
    throw error;
  }
  throw new Error(`Boot succeeded with ${variables['REDIS_URL']}`);
}

/** Servers, each right for somebody, and a port that nobody has. */
async function startServers(files: TlsFiles): Promise<Readonly<Record<string, Environment>>> {
  const plain = await RedisTestServer.start({ password: 'secret' });
  const overTls = async (certificate: CertificateFiles, authClients = false): Promise<RedisTestServer> =>
    RedisTestServer.start({ tls: { ...files.show(certificate), authClients } });
  const [good, expired, elsewhere] = [
    await overTls(files.server),
    await overTls(files.expired),
    await overTls(files.elsewhere),
  ];
  const asking = await overTls(files.server, true);
  const node = await RedisTestServer.start({ config: ['cluster-enabled yes', `cluster-port ${await freePort()}`] });
  const frozen = await RedisTestServer.start();
  await frozen.freeze();
  const web = await RecordingPeer.start((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n')),
  );
  const at = (scheme: string, { port }: { readonly port: number }): string => `${scheme}://127.0.0.1:${port}`;
  const trusting = { REDIS_TLS_CA_FILE: files.caFile };
  return {
    'user or password is wrong, or missing': { REDIS_URL: at('redis', plain) },
    'a database that the server does not have': { REDIS_URL: `${plain.url}/99` },
    'a node of a cluster, without `REDIS_CLUSTER`': { REDIS_URL: at('redis', node) },
    '`REDIS_CLUSTER=true`, and a server that is no cluster': { REDIS_URL: plain.url, REDIS_CLUSTER: 'true' },
    'a certificate of an authority that is not trusted': { REDIS_URL: good.url },
    "an authority in `REDIS_TLS_CA_FILE` that is not the server's": {
      REDIS_URL: good.url,
      REDIS_TLS_CA_FILE: files.foreign.certFile,
    },
    'a certificate of another name': { REDIS_URL: elsewhere.url, ...trusting },
    'a certificate that has expired': { REDIS_URL: expired.url, ...trusting },
    'a client certificate that is missing': { REDIS_URL: asking.url, ...trusting },
    '`redis://` to a port that speaks TLS': { REDIS_URL: at('redis', good) },
    '`rediss://` to a port that does not': { REDIS_URL: at('rediss', plain) },
    'a web server listens there': { REDIS_URL: at('redis', web) },
    'a frozen server, or a firewall that drops without a word': { REDIS_URL: frozen.url },
  };
}

describe('what the guide says of a server that is not as configured', () => {
  const files = new TlsFiles();
  let nobody = 0;
  /** Variables that make the mistake of each row. */
  let mistakes: Readonly<Record<string, Environment>> = {};

  beforeAll(async () => {
    nobody = await freePort();
    mistakes = {
      'nothing listens there': { REDIS_URL: `redis://127.0.0.1:${nobody}` },
      ...(await startServers(files)),
    };
  }, 20_000);

  afterAll(() => {
    releasePort(nobody);
    files.remove();
  });

  it('has a row for each, and one for a name server, which a test cannot do without', () => {
    const named = rows.filter(({ kind }) => kind !== 'dns').map(({ mistake = '' }) => mistake);
    expect(named.toSorted()).toEqual(Object.keys(mistakes).toSorted());
    expect(rows.find(({ kind }) => kind === 'dns')?.says).toBe(ERROR_HINTS.dns);
  });

  it.each(rows.filter(({ kind }) => kind !== 'dns'))('is what boot says: $mistake', async (row) => {
    const { mistake = '', kind, says, when } = row;
    const { error, elapsedMs } = await bootWith(mistakes[mistake] ?? {});
    expect({ kind: error.redisErrorKind, message: error.message }).toEqual({
      kind,
      message: expect.stringMatching(/^(connect: no connection|Redis connect|Not connected:) /),
    });
    expect(error.message.endsWith(says)).toBe(true);
    expect(elapsedMs >= WAIT_MS - 1 ? 'after the wait' : 'at once').toBe(when);
  });

  it('shows one message in full', async () => {
    const shown = GUIDE.blocks.filter(({ code }) => code.startsWith('connect: ')).map(({ code }) => code.trim());
    const { error } = await bootWith(mistakes['nothing listens there'] ?? {});
    expect(shown).toEqual([error.message.replaceAll(String(nobody), '6379').replace(`${WAIT_MS} ms`, '10000 ms')]);
  });
});
