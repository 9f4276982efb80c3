import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { toRedisError } from '../../../lib/errors/to-redis-error.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { describeEachDriver } from '../../support/drivers.js';
import type { TestDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';

const PASSWORD = 'right-pass%word';
const WRONG = 'wrong"pass%40word';

interface Login {
  port: number;
  password?: string;
  db?: number;
}

type Client = { run(...args: string[]): Promise<unknown>; transact(...args: string[]): Promise<unknown>; end(): void };

/**
 * Connects with the bare driver and asks a PING, since redis 5 says only then that a password is missing; rejects with
 * the first thing that the driver says of a failure.
 */
async function open(driver: TestDriver, login: Login): Promise<Client> {
  const client = await (driver === 'ioredis' ? openIoredis(login) : openNodeRedis(login));
  try {
    await client.run('PING');
  } catch (error) {
    client.end();
    throw error;
  }
  return client;
}

async function openIoredis(login: Login): Promise<Client> {
  const client = new Redis({ ...login, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  const said = new Promise<never>((_resolve, reject) => client.on('error', reject));
  said.catch(() => undefined);
  await Promise.race([said, client.connect().catch(() => said)]);
  return {
    run: (command = '', ...args) => client.call(command, ...args),
    transact: (command = '', ...args) =>
      client
        .multi()
        .call(command, ...args)
        .exec(),
    end: () => client.disconnect(),
  };
}

async function openNodeRedis({ port, password, db }: Login): Promise<Client> {
  const socket = { host: '127.0.0.1', port, reconnectStrategy: false as const };
  const client = createClient({ socket, ...(password !== undefined && { password }), database: db ?? 0 });
  client.on('error', () => undefined);
  await client.connect();
  return {
    run: (...args) => client.sendCommand(args),
    transact: (...args) => client.multi().addCommand(args).exec(),
    end: () => client.destroy(),
  };
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describeEachDriver('errors of the real driver', (driver) => {
  let server: RedisTestServer;
  let client: Client;

  beforeAll(async () => {
    server = await RedisTestServer.start({ password: PASSWORD });
    client = await open(driver, { port: server.port, password: PASSWORD });
  });

  afterAll(async () => {
    client.end();
    await server.stop();
  });

  it.each([
    ['auth', { password: WRONG }],
    ['auth', {}],
    ['configuration', { password: PASSWORD, db: 9_999 }],
  ])('says %s for the login %j, and no password', async (kind, login) => {
    const thrown = await rejection(open(driver, { port: server.port, ...login }));
    const error = toRedisError(thrown, { secrets: [WRONG, PASSWORD] });
    expect(error).toMatchObject({ redisErrorKind: kind, outcome: 'rejected' });
    expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toMatch(
      /(?:wrong|right).{0,2}pass/,
    );
  });

  it('says refused where nothing listens', async () => {
    const port = await freePort();
    const error = toRedisError(await rejection(open(driver, { port })));
    releasePort(port);
    expect(error).toMatchObject({ redisErrorKind: 'refused', outcome: 'not-sent' });
  });

  it('says what the server said, and nothing of the value', async () => {
    await client.run('SET', 'text', 'x');
    const cases = [
      [['LPUSH', 'text', 'my value'], 'wrong-type'],
      [['NOSUCH', 'my value'], 'reply'],
      [['EVAL', "return redis.error_reply('OOM pretended')", '0'], 'out-of-memory'],
    ] as const;
    for (const [command, kind] of cases) {
      const error = toRedisError(await rejection(client.run(...command)));
      expect(error).toMatchObject({ redisErrorKind: kind, outcome: 'rejected' });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('my value');
    }
  });

  it('says out-of-memory of a write, alone and in a transaction', async () => {
    await server.command('CONFIG', 'SET', 'maxmemory', '100kb');
    const alone = toRedisError(await rejection(client.run('SET', 'key', 'my value')));
    const transaction = toRedisError(await rejection(client.transact('SET', 'key', 'my value')));
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    expect([alone.redisErrorKind, transaction.redisErrorKind]).toEqual(['out-of-memory', 'out-of-memory']);
    expect(inspect([alone, transaction], { depth: 9, showHidden: true })).not.toContain('my value');
  });
});

describe('a malformed URL', () => {
  it('is not quoted, which node-redis does', () => {
    const url = 'redis://user:open-sesame@host:99999999';
    let thrown: unknown;
    try {
      createClient({ url });
    } catch (error) {
      thrown = error;
    }
    const error = toRedisError(thrown);
    expect(inspect(thrown)).toContain('open-sesame');
    expect(error.redisErrorKind).toBe('configuration');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('open-sesame');
  });
});
