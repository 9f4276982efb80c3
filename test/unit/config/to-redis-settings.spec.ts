import { describe, expect, it } from '@jest/globals';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import { IOREDIS_OVERRIDES } from '../../../lib/drivers/ioredis/ioredis.overrides.js';
import type { RedisClient } from '../../../lib/interfaces/redis-client.interface.js';
import type { RedisSettings } from '../../../lib/interfaces/redis-settings.interface.js';
import { faultsOf } from './faults.js';

const settingsOf = (options: object): RedisSettings => toRedisSettings(options, { nodeEnv: 'test' });
const faultsIn = (options: object): string[] => faultsOf(() => settingsOf(options));
const url = 'redis://localhost';
const client = { on: () => undefined } as unknown as RedisClient;

describe('toRedisSettings', () => {
  it('fills in the defaults', () => {
    expect(settingsOf({ url })).toEqual({
      enabled: true,
      driver: 'auto',
      endpoint: { host: 'localhost', port: 6379 },
      db: 0,
      keyPrefix: '',
      connectTimeoutMs: 10_000,
      commandTimeoutMs: 500,
      shutdownTimeoutMs: 3_000,
      watchdogIntervalMs: 1_000,
      boot: 'fail-fast',
      breakerFailures: 3,
      ioredis: {},
      nodeRedis: {},
      warnings: [],
    });
  });

  it('takes what is given, and lets it override the URL', () => {
    const settings = settingsOf({
      url: 'rediss://me:old@cache:7000/1',
      username: 'you',
      password: 'new',
      db: 2,
      driver: 'ioredis',
      boot: 'degrade',
      keyPrefix: 'app:',
      breaker: { failures: 5 },
      commandTimeoutMs: 50,
    });
    expect(settings).toMatchObject({
      endpoint: { host: 'cache', port: 7000 },
      username: 'you',
      password: 'new',
      db: 2,
      tls: {},
    });
    expect(settings).toMatchObject({
      driver: 'ioredis',
      boot: 'degrade',
      keyPrefix: 'app:',
      breakerFailures: 5,
      commandTimeoutMs: 50,
    });
  });

  it('reads options that are getters of a class', () => {
    class Options {
      get host(): string {
        return '::1';
      }
    }
    expect(settingsOf(new Options()).endpoint).toEqual({ host: '::1', port: 6379 });
  });

  it('lists every fault in one error, a line each, by option name', () => {
    const options = {
      url: 'http://x',
      driver: 'redis',
      commandTimeoutMs: Number.NaN,
      db: -1,
      boot: true,
      breaker: { failure: 1 },
    };
    expect(faultsIn(options)).toEqual([
      'url: must begin with redis://, rediss:// or unix://',
      'db: must be an integer of at least 0, got -1',
      'breaker.failure: is not an option; did you mean breaker.failures?',
      "driver: must be one of 'auto', 'ioredis', 'node-redis', got \"redis\"",
      'commandTimeoutMs: must be an integer of at least 1, got NaN',
      "boot: must be one of 'fail-fast', 'degrade', got true",
    ]);
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, '500', null, 2 ** 31, [], {}])(
    'refuses %p as a number of milliseconds',
    (value) => {
      const faults = faultsIn({
        url,
        connectTimeoutMs: value,
        commandTimeoutMs: value,
        shutdownTimeoutMs: value,
        watchdogIntervalMs: value,
      });
      expect(faults).toHaveLength(4);
      expect(faults.every((line) => line.includes('TimeoutMs: must be') || line.includes('IntervalMs: must be'))).toBe(
        true,
      );
    },
  );

  it.each([
    [{ url: 5 }, 'url: must be a string, got a number'],
    [{ url: '' }, 'url: is empty; leave it out instead'],
    [{ host: ['h'] }, 'host: must be a string, got an array'],
    [{ host: 'redis://u:secret@h' }, 'host: must be a host name or an IP address, without scheme, port or login'],
    [{ host: 'h:6379' }, 'host: must be a host name or an IP address, without scheme, port or login'],
    [{ host: 'h', port: 65_536 }, 'port: must be an integer from 1 to 65535, got 65536'],
    [{ host: 'h', port: '6379' }, 'port: must be an integer from 1 to 65535, got "6379"'],
    [{ url, password: 12_345 }, 'password: must be a string, got a number'],
    [{ url, username: 'me', password: {} }, 'password: must be a string, got an object'],
    [{ url, tls: 'yes' }, 'tls: must be true or false, got a string'],
    [{ url, enabled: 'true' }, 'enabled: must be true or false, got a string'],
    [{ url, requireTls: 1 }, 'requireTls: must be true or false, got a number'],
    [{ url, keyPrefix: Symbol('x') }, 'keyPrefix: must be a string, got a symbol'],
    [{ url, breaker: 3 }, 'breaker: must be a plain object, got a number'],
    [{ url, breaker: { failures: 0 } }, 'breaker.failures: must be an integer of at least 1, got 0'],
    [{ url, ioredis: new Map() }, 'ioredis: must be a plain object, got an object'],
    [{ url, nodeRedis: [] }, 'nodeRedis: must be a plain object, got an array'],
    [{ client: 'x' }, 'client: must be a client of ioredis or node-redis'],
    [{ client: Promise.resolve() }, 'client: is a promise; await it'],
  ])('refuses %p', (options, fault) => {
    expect(faultsIn(options)).toContain(fault);
  });

  it.each([
    [
      { url, host: 'h', port: 1 },
      ['host: contradicts url; give one of them', 'port: contradicts url; give one of them'],
    ],
    [{ port: 6379 }, ['port: needs host beside it']],
    [{ url: 'rediss://h', tls: false }, ['tls: contradicts the scheme rediss:// of the URL, which means TLS']],
    [{ url, tls: true }, ['tls: asks for TLS, but the URL begins with redis://; use rediss://']],
    [{ url, tls: {} }, ['tls: asks for TLS, but the URL begins with redis://; use rediss://']],
    [{ url: 'unix:///s', tls: true }, ['tls: asks for TLS, which a unix socket does not have']],
    [
      { client, url, db: 1 },
      ['url: contradicts client, which has its own', 'db: contradicts client, which has its own'],
    ],
    [{ enabled: true }, ['enabled: is true, but no url, host, sentinel, cluster.nodes or client is given']],
    [
      { host: 'h', username: 'me' },
      ['username: names a user without a password; for a user of the kind nopass give any password'],
    ],
    [
      { url: 'redis://me@h' },
      ['url: names a user without a password; for a user of the kind nopass give any password'],
    ],
  ])('refuses the contradiction in %p', (options, faults) => {
    expect(faultsIn(options)).toEqual(faults);
  });

  it.each([{ host: 'h', tls: true }, { host: 'h', tls: {} }, { url: 'rediss://h', tls: true }, { url: 'rediss://h' }])(
    'turns TLS on for %p',
    (options) => {
      expect(settingsOf(options).tls).toEqual({});
    },
  );

  it('drops the user `default` where there is no password, which is no login at all', () => {
    expect(settingsOf({ url: 'redis://default@h' })).not.toHaveProperty('username');
    expect(settingsOf({ host: 'h', username: '', password: '' })).not.toHaveProperty('password');
  });

  it.each([
    ['commandTimeoutMS', 'is not an option; did you mean commandTimeoutMs?'],
    ['keyprefx', 'is not an option; did you mean keyPrefix?'],
    ['command_timeout_ms', 'is not an option; did you mean commandTimeoutMs?'],
    ['sentinels', 'is not an option; did you mean sentinel?'],
    ['database', 'is not an option; did you mean db?'],
    ['retryStrategy', 'is an option of ioredis; such options go into ioredis: { … }'],
    ['zzz', 'is not an option'],
    ['name', 'is static: give it beside the options of forRoot or forRootAsync, not inside what a factory returns'],
    ['isGlobal', 'is static: give it beside the options of forRoot or forRootAsync, not inside what a factory returns'],
  ])('refuses the option %s', (name, text) => {
    expect(faultsIn({ url, [name]: 1 })).toEqual([`${name}: ${text}`]);
  });

  it('overlooks an unknown name without a value, as spreading leaves them', () => {
    expect(faultsIn({ url, name: undefined })).toEqual([]);
  });

  it.each([
    [null, 'got null'],
    [undefined, 'got undefined'],
    ['redis://u:secret@h', 'got a string'],
    [[], 'got an array'],
    [() => ({}), 'got a function: give it to forRootAsync as useFactory'],
    [Promise.resolve({}), 'got a promise: await it'],
  ])('refuses %p for options', (options, text) => {
    expect(() => settingsOf(options as object)).toThrow(text);
    expect(() => settingsOf(options as object)).not.toThrow('secret');
  });

  it('survives options that cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(settingsOf(proxy).enabled).toBe(false);
  });
});

describe('toRedisSettings: the feature flag', () => {
  it.each([
    [{}, false],
    [{ url }, true],
    [{ host: 'h' }, true],
    [{ client }, true],
    [{ enabled: true, url }, true],
    [{ enabled: false, url }, false],
    [{ enabled: false, client }, false],
  ])('of %p is %p', (options, enabled) => {
    expect(settingsOf(options).enabled).toBe(enabled);
  });

  it('names what turned Redis off', () => {
    expect(settingsOf({ enabled: false, url }).disabledBy).toBe('enabled: false');
    expect(settingsOf({}).disabledBy).toBe('no url, host, sentinel, cluster.nodes or client is given');
    expect(settingsOf({ url })).not.toHaveProperty('disabledBy');
  });

  it.each<[object, string[]]>([
    [{ password: 'secret', cluster: true }, ['password, cluster are set']],
    [{ tls: { caFile: 'x' } }, ['tls is set']],
    [{ cluster: false, tls: false, db: 0, keyPrefix: 'x', boot: 'degrade' }, []],
    [{ enabled: false, password: 'secret' }, []],
    [{ url, password: 'secret' }, []],
  ])('warns of settings of an address that is not there: %j', (options, told) => {
    const because = ', but Redis is off: no url, host, sentinel, cluster.nodes or client is given';
    expect(settingsOf(options).warnings).toEqual(told.map((what) => what + because));
  });

  it('false wins over a malformed address, and hides no misspelt option', () => {
    expect(faultsIn({ enabled: false, url: 'x', db: 0.5, password: 7 })).toEqual([]);
    expect(faultsIn({ enabled: false, url: 'x', comandTimeoutMs: 5, commandTimeoutMs: 0 })).toHaveLength(2);
  });

  it('does not read files, nor require TLS, while off', () => {
    const tls = { caFile: '/no/such/file' };
    expect(faultsIn({ enabled: false, url: 'rediss://h', tls, requireTls: true })).toEqual([]);
    expect(faultsIn({ enabled: false, url: 'redis://h', requireTls: true })).toEqual([]);
  });
});

describe('toRedisSettings: warnings', () => {
  it('tell of settings that this package decides, and of those that are unsafe to share', () => {
    const { warnings, ioredis, nodeRedis } = settingsOf({
      url,
      ioredis: { retryStrategy: () => 1, keyPrefix: 'x', password: 'secret', commandTimeout: 1, family: 6 },
      nodeRedis: { url: 'redis://u:secret@h', socket: { reconnectStrategy: false, noDelay: true }, name: 'app' },
    });
    expect(warnings.map((line) => line.split(' ')[0])).toEqual([
      'ioredis.password',
      'ioredis.retryStrategy',
      'ioredis.keyPrefix',
      'ioredis.commandTimeout',
      'nodeRedis.url',
      'nodeRedis.socket.reconnectStrategy',
    ]);
    expect(warnings.join()).not.toContain('secret');
    expect(ioredis).toEqual({ commandTimeout: 1, family: 6 });
    expect(nodeRedis).toEqual({ socket: { noDelay: true }, name: 'app' });
  });

  it('tell of every option of ioredis that the driver overrides', () => {
    const given = Object.fromEntries(Object.keys(IOREDIS_OVERRIDES).map((name) => [name, 'x']));
    const { warnings, ioredis } = settingsOf({ url, ioredis: given });
    expect(warnings).toHaveLength(Object.keys(given).length);
    expect(ioredis).toEqual({});
  });

  it('become a fault where a driver would be led to servers of its own', () => {
    const ioredis = { sentinels: [{ host: 'h' }], sentinelPassword: 'secret', name: 'main' };
    const nodeRedis = { rootNodes: [{ url: 'redis://u:secret@h' }], sentinelRootNodes: [] };
    expect(faultsIn({ url, ioredis, nodeRedis })).toEqual([
      'ioredis.sentinels: is not for the driver alone; use sentinel of this package',
      'nodeRedis.sentinelRootNodes: is not for the driver alone; use sentinel of this package',
      'nodeRedis.rootNodes: is not for the driver alone; use cluster of this package, or a url of several hosts',
    ]);
    expect(settingsOf({ url, ioredis: { name: 'main', family: 4 } }).ioredis).toEqual({ family: 4 });
  });

  it('leave what was given as it was', () => {
    const given = { socket: { host: 'h', noDelay: true } };
    settingsOf({ url, nodeRedis: given });
    expect(given).toEqual({ socket: { host: 'h', noDelay: true } });
  });

  it('become a fault where only the driver would know of TLS', () => {
    const ioredis = { tls: { rejectUnauthorized: true } };
    const nodeRedis = { socket: { tls: true } };
    expect(faultsIn({ url, ioredis, nodeRedis })).toEqual([
      'ioredis.tls: asks for TLS, but tls is not set; set it, or use rediss://',
      'nodeRedis.socket.tls: asks for TLS, but tls is not set; set it, or use rediss://',
    ]);
    expect(settingsOf({ url: 'rediss://h', ioredis }).ioredis).toEqual(ioredis);
  });

  it.each([
    [
      'redis://u:secret@cache.example',
      ['cache.example is reached without TLS while NODE_ENV is production; use rediss://'],
    ],
    ['rediss://cache.example', []],
    ['redis://localhost', []],
    ['redis://127.1.2.3', []],
    ['redis://[::1]', []],
    ['unix:///run/redis.sock', []],
  ])('in production, of %s, are %j', (address, warnings) => {
    expect(toRedisSettings({ url: address }, { nodeEnv: 'production' }).warnings).toEqual(warnings);
    expect(toRedisSettings({ url: address }, { nodeEnv: 'test' }).warnings).toEqual([]);
  });
});

describe('toRedisSettings: requireTls', () => {
  it('refuses a plain connection to another machine, and to no other', () => {
    const fault = 'requireTls: TLS is required, but cache would be reached without it; use rediss://';
    expect(faultsIn({ url: 'redis://u:p@cache', requireTls: true })).toEqual([fault]);
    expect(faultsIn({ url: 'rediss://cache', requireTls: true })).toEqual([]);
    expect(faultsIn({ host: 'cache', tls: true, requireTls: true })).toEqual([]);
    expect(faultsIn({ url, requireTls: true })).toEqual([]);
    expect(faultsIn({ url: 'unix:///s', requireTls: true })).toEqual([]);
  });
});
