import { inspect } from 'node:util';
import { createDisabledClient } from '../../../lib/connection/disabled-client.js';
import { ConnectionErrors } from '../../../lib/connection/connection-errors.js';
import { endpointText } from '../../../lib/connection/endpoint-text.js';
import { verifyConnection } from '../../../lib/connection/verify-connection.js';
import type { DriverClient } from '../../../lib/drivers/driver.interface.js';
import { identifyClient } from '../../../lib/drivers/identify-client.js';
import { RedisError } from '../../../lib/errors/redis.error.js';

describe('the stand-in of a disabled connection', () => {
  const client = createDisabledClient('REDIS_ENABLED=false') as unknown as Record<
    string,
    (...args: unknown[]) => unknown
  >;

  it('throws at any use, naming the flag', () => {
    for (const use of [() => client['get']?.('k'), () => client['status'], () => client['on']?.('error')]) {
      expect(use).toThrow(expect.objectContaining({ redisErrorKind: 'disabled' }));
      expect(use).toThrow(/REDIS_ENABLED=false/);
    }
    expect(() => (client['x'] = () => 1)).toThrow(/REDIS_ENABLED=false/);
  });

  it('can be carried: awaited, inspected, asked for its lifecycle', async () => {
    expect(await Promise.resolve(client)).toBe(client);
    expect(() => inspect(client)).not.toThrow();
    expect(client['onModuleDestroy']).toBeUndefined();
    expect(client['constructor']).toBeUndefined();
    expect(identifyClient(client)).toBeUndefined();
  });
});

describe('ConnectionErrors', () => {
  const errors = new ConnectionErrors({ endpoint: 'h:1' }, ['s3cret']);

  it('says of a refused call why, and that it was not sent', () => {
    const last = errors.ofConnecting(Object.assign(new Error('WRONGPASS s3cret'), { name: 'ReplyError' }));
    expect(last).toMatchObject({ redisErrorKind: 'auth', endpoint: 'h:1', operation: 'connect' });
    const refused = errors.notConnected('get', 'failed', last);
    expect(refused).toMatchObject({ redisErrorKind: 'auth', outcome: 'not-sent', cause: last });
    expect(inspect([last, refused], { depth: 9, showHidden: true })).not.toContain('s3cret');
    const reset = errors.ofConnecting(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    expect(errors.notConnected('get', 'reconnecting', reset).redisErrorKind).toBe('unavailable');
    expect(errors.notConnected('get', 'connecting', undefined).message).toBe('get: not connected to h:1 (connecting).');
  });

  it('says of a wait the last reason, else that there is none', () => {
    expect(errors.waitPassed(5, undefined)).toMatchObject({ redisErrorKind: 'connect-timeout' });
    const last = new RedisError({ kind: 'dns', message: 'no such host' });
    expect(errors.waitPassed(5, last)).toMatchObject({ redisErrorKind: 'dns', cause: last });
    expect(errors.waitAborted('x')).toMatchObject({ code: 'ABORT_ERR', outcome: 'not-sent' });
  });

  it('says of a missed deadline that the outcome is unknown', () => {
    expect(errors.commandTimeout('set', 5)).toMatchObject({ redisErrorKind: 'command-timeout', outcome: 'unknown' });
    expect(errors.breakerOpen('set')).toMatchObject({ redisErrorKind: 'unavailable', outcome: 'not-sent' });
  });
});

describe('an endpoint', () => {
  it('is host and port, or a path', () => {
    expect(endpointText({ endpoint: { host: 'h', port: 1 } })).toBe('h:1');
    expect(endpointText({ endpoint: { host: '::1', port: 1 } })).toBe('[::1]:1');
    expect(endpointText({ endpoint: { path: '/run/redis' } })).toBe('/run/redis');
  });
});

describe('verifyConnection', () => {
  const reply = (text: string): Error => Object.assign(new Error(text), { name: 'ReplyError' });
  const server = (answers: Readonly<Record<string, unknown>>): DriverClient => {
    const send = ([name = '']: readonly string[]): Promise<unknown> => {
      const answer = name in answers ? answers[name] : reply('NOPERM no');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    return { nodes: () => [send] } as unknown as DriverClient;
  };
  const INFO = 'id=3 addr=x name= db=2 user=app';

  it('confirms what may be asked', async () => {
    const well = server({ PING: 'PONG', CLIENT: INFO, ROLE: ['master', 0, []] });
    expect(await verifyConnection(well, { db: 2, username: 'app' })).toBe('master');
    expect(await verifyConnection(server({ PING: 'PONG', ROLE: ['slave'] }), { db: 2 })).toBe('replica');
    expect(await verifyConnection(server({}), { db: 2, username: 'app' })).toBe('unconfirmed');
    expect(await verifyConnection(server({ PING: reply('MISCONF no') }), {})).toBe('unconfirmed');
  });

  it.each([
    [{ db: 1 }, 'configuration', /asked for database 1, and the server put us in 2/],
    [{ db: 2, username: 'other' }, 'auth', /another user/],
  ])('refuses another place than the one asked for: %j', async (expected, kind, text) => {
    const elsewhere = server({ PING: 'PONG', CLIENT: INFO });
    await expect(verifyConnection(elsewhere, expected)).rejects.toMatchObject({
      redisErrorKind: kind,
      message: expect.stringMatching(text),
    });
  });

  it.each([
    ['in a row', ['server', 'redis', 'mode', 'cluster', 'modules', []]],
    ['as a map', new Map<string, unknown>([['mode', 'cluster']])],
    ['as an object', { mode: 'cluster' }],
  ])('refuses a node of a cluster in the place of a server, told %s', async (_how, HELLO) => {
    const node = server({ PING: 'PONG', HELLO });
    await expect(verifyConnection(node, { isCluster: false })).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining('cluster: true (REDIS_CLUSTER=true)'),
    });
    expect(await verifyConnection(node, { isCluster: true })).toBe('unconfirmed');
    expect(await verifyConnection(node, {})).toBe('unconfirmed');
  });

  it.each([[['server', 'redis', 'mode', 'standalone']], [['server', 'redis']], [[]], ['OK'], [null]])(
    'takes a server that says %j for one server',
    async (HELLO) => {
      expect(await verifyConnection(server({ PING: 'PONG', HELLO }), { isCluster: false })).toBe('unconfirmed');
    },
  );

  it.each(['NOAUTH no', 'LOADING no', 'MASTERDOWN no'].slice(0, 2))('refuses a server that says %s', async (text) => {
    await expect(verifyConnection(server({ PING: reply(text) }), {})).rejects.toThrow(text);
  });

  it('refuses what does not answer PING with PONG', async () => {
    await expect(verifyConnection(server({ PING: 'OK' }), {})).rejects.toThrow(/is it Redis/);
  });
});
