import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisClientFactory, redisOptionsFromEnv } from '../../../lib/index.js';
import { ERROR_HINTS } from '../../../lib/errors/error-hints.js';
import { RedisError } from '../../../lib/errors/redis.error.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { selfSigned } from '../../support/certificates.js';

const WAIT_MS = 1_500;
const GUIDE = readPage('docs/ENV_SETUP_GUIDE.md');
const rows = tableOf(GUIDE, 'mistake').rows.map(([mistake, kind = '', says = '', when]) => ({
  mistake,
  kind: codeSpans(kind)[0] ?? '',
  says: codeSpans(says)[0] ?? '',
  when,
}));

/** How boot with this URL ended, and after how long. */
async function bootWith(url: string): Promise<{ readonly error: RedisError; readonly elapsedMs: number }> {
  const started = performance.now();
  try {
    const env = { REDIS_URL: url, REDIS_CONNECT_TIMEOUT_MS: String(WAIT_MS) };
    const redis = await RedisClientFactory.create(redisOptionsFromEnv(env));
    await redis.close();
  } catch (error) {
    if (error instanceof RedisError) return { error, elapsedMs: performance.now() - started };
    throw error;
  }
  throw new Error(`Boot succeeded with ${url}`);
}

describe('what the guide says of a server that is not as configured', () => {
  let dir = '';
  let nobody = 0;
  /** A URL that makes the mistake of each row, by its kind. */
  let urlOf: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'hub-docs-'));
    const files = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem'), ca: join(dir, 'cert.pem') };
    const { cert, key } = selfSigned('docs.example');
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
    const plain = await RedisTestServer.start({ password: 'secret' });
    const secure = await RedisTestServer.start({ tls: files });
    nobody = await freePort();
    urlOf = {
      refused: `redis://127.0.0.1:${nobody}`,
      auth: `redis://127.0.0.1:${plain.port}`,
      configuration: `${plain.url}/99`,
      tls: secure.url,
      'connection-lost': `redis://127.0.0.1:${secure.port}`,
      'connect-timeout': `rediss://127.0.0.1:${plain.port}`,
    };
  });

  afterAll(() => {
    releasePort(nobody);
    rmSync(dir, { recursive: true });
  });

  it('has a row for each, and one for a name server, which a test cannot do without', () => {
    expect(rows.map(({ kind }) => kind).toSorted()).toEqual([...Object.keys(urlOf), 'dns'].toSorted());
    expect(rows.find(({ kind }) => kind === 'dns')?.says).toBe(ERROR_HINTS.dns);
  });

  it.each(rows.filter(({ kind }) => kind !== 'dns'))('is what boot says: $mistake', async ({ kind, says, when }) => {
    const { error, elapsedMs } = await bootWith(urlOf[kind] ?? '');
    expect({ kind: error.redisErrorKind, message: error.message }).toEqual({
      kind,
      message: expect.stringMatching(/^(connect: no connection|Redis connect) /),
    });
    expect(error.message.endsWith(says)).toBe(true);
    expect(elapsedMs >= WAIT_MS - 1 ? 'after the wait' : 'at once').toBe(when);
  });

  it('shows one message in full', async () => {
    const shown = GUIDE.blocks.filter(({ code }) => code.startsWith('connect: ')).map(({ code }) => code.trim());
    const { error } = await bootWith(urlOf['refused'] ?? '');
    expect(shown).toEqual([error.message.replaceAll(String(nobody), '6379').replace(`${WAIT_MS} ms`, '10000 ms')]);
  });
});
