import { assertClient, identifyClient, isClusterClient } from '../../../lib/drivers/identify-client.js';
import { lentClientWarnings } from '../../../lib/drivers/lent/lent-client-warnings.js';
import { toLentSettings } from '../../../lib/drivers/lent/lent-settings.js';
import { resolveDriver } from '../../../lib/drivers/resolve-driver.js';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';

const IOREDIS = { status: 'ready', defineCommand: () => undefined, options: {} };
const NODE_REDIS = { isOpen: true, isReady: true, sendCommand: () => undefined, options: {} };

describe('resolveDriver', () => {
  const only =
    (...names: string[]) =>
    (name: string): boolean =>
      names.includes(name);

  it.each([
    ['auto', ['ioredis', 'redis'], 'ioredis'],
    ['auto', ['redis'], 'node-redis'],
    ['auto', ['ioredis'], 'ioredis'],
    ['ioredis', ['ioredis', 'redis'], 'ioredis'],
    ['node-redis', ['ioredis', 'redis'], 'node-redis'],
  ] as const)('%s with %j installed is %s', async (wanted, installed, name) => {
    expect((await resolveDriver(wanted, only(...installed))).name).toBe(name);
  });

  it.each([
    ['auto', [], 'Type "npm install ioredis" or "npm install redis".'],
    ['ioredis', ['redis'], 'Type "npm install ioredis".'],
    ['node-redis', ['ioredis'], 'Type "npm install redis".'],
  ] as const)('%s with %j installed says the line to type', async (wanted, installed, line) => {
    await expect(resolveDriver(wanted, only(...installed))).rejects.toMatchObject({
      redisErrorKind: 'driver-not-installed',
      message: expect.stringContaining(line),
    });
  });

  it('finds what is installed here', async () => {
    expect((await resolveDriver('auto')).name).toBe('ioredis');
  });
});

describe('identifyClient', () => {
  it('tells a driver by what its client can do', () => {
    expect(identifyClient(IOREDIS)).toBe('ioredis');
    expect(identifyClient(NODE_REDIS)).toBe('node-redis');
    for (const other of [null, undefined, 1, 'redis', {}, { status: 'ready' }, { isOpen: true, isReady: true }]) {
      expect(identifyClient(other)).toBeUndefined();
    }
  });

  it('takes a client of one server or of a cluster, and tells them apart', () => {
    const [on, nodes] = [(): void => undefined, (): [] => []];
    expect(assertClient({ ...IOREDIS, on }).driver).toBe('ioredis');
    expect(assertClient({ ...IOREDIS, on, isCluster: true, nodes }).driver).toBe('ioredis');
    const { isReady: _, ...nodeRedis5 } = NODE_REDIS;
    expect(assertClient({ ...nodeRedis5, on, nodeClient: nodes }).driver).toBe('node-redis');
    expect([{ isCluster: true, nodes }, { nodeClient: nodes }].map(isClusterClient)).toEqual([true, true]);
    expect([IOREDIS, NODE_REDIS, { ...IOREDIS, isCluster: false, nodes }].some(isClusterClient)).toBe(false);
    expect(() => assertClient(IOREDIS)).toThrow(expect.objectContaining({ redisErrorKind: 'configuration' }));
    expect(() => assertClient({})).toThrow(expect.objectContaining({ redisErrorKind: 'configuration' }));
  });
});

describe('a lent client', () => {
  const settings = toRedisSettings({ client: IOREDIS as never });

  it.each([
    ['ioredis', { ...IOREDIS, options: { host: 'h', port: 7, password: 'pw' } }, { host: 'h', port: 7 }],
    ['ioredis on a socket file', { ...IOREDIS, options: { path: '/run/redis' } }, { path: '/run/redis' }],
    ['node-redis', { ...NODE_REDIS, options: { socket: { host: 'h', port: 7 } } }, { host: 'h', port: 7 }],
    ['node-redis without an address', { ...NODE_REDIS, options: { socket: {} } }, { host: 'localhost', port: 6379 }],
    ['one that does not say', { ...NODE_REDIS, options: undefined }, settings.endpoint],
  ])('lends its address: %s', (_what, client, endpoint) => {
    expect(toLentSettings(settings, client).endpoint).toEqual(endpoint);
  });

  it('lends its password, to be kept out of errors', () => {
    expect(toLentSettings(settings, { ...IOREDIS, options: { password: 'pw' } }).password).toBe('pw');
    expect(toLentSettings(settings, IOREDIS)).not.toHaveProperty('password');
  });

  it('is warned of where it is unsafe to share', () => {
    expect(
      lentClientWarnings({ ...IOREDIS, options: { keyPrefix: '', autoResendUnfulfilledCommands: false } }),
    ).toEqual([]);
    expect(lentClientWarnings({ ...IOREDIS, options: { keyPrefix: 'a', commandTimeout: 5 } })).toHaveLength(2);
    expect(lentClientWarnings({ ...NODE_REDIS, options: { socket: { socketTimeout: 5 } } })).toHaveLength(1);
    expect(lentClientWarnings({ ...NODE_REDIS, options: null })).toEqual([]);
    expect(lentClientWarnings('redis')).toEqual([]);
  });
});
