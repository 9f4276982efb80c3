import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { redisOptionsFromEnv } from '../../../lib/config/redis-options-from-env.js';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import { faultsOf } from './faults.js';

type Env = Record<string, string>;

const REDIS_URL = 'redis://user:open-sesame@localhost';
const faultsIn = (env: Env): string[] => faultsOf(() => redisOptionsFromEnv(env));
const laterFaultsIn = (env: Env): string[] => {
  const options = redisOptionsFromEnv(env);
  return faultsOf(() => toRedisSettings(options, { nodeEnv: 'test' }));
};

describe('redisOptionsFromEnv', () => {
  it('reads nothing from nothing', () => {
    expect(redisOptionsFromEnv({})).toEqual({});
    expect(redisOptionsFromEnv({ REDIS_URL: '', REDIS_ENABLED: ' ', REDIS_PASSWORD: '', REDIS_DB: '' })).toEqual({});
  });

  it('reads every variable', () => {
    const options = redisOptionsFromEnv({
      REDIS_ENABLED: 'true',
      REDIS_URL: ' rediss://cache ',
      REDIS_DRIVER: 'node-redis',
      REDIS_USERNAME: 'me',
      REDIS_PASSWORD: ' exact ',
      REDIS_DB: '3',
      REDIS_TLS: 'true',
      REDIS_TLS_CA_FILE: '/ca',
      REDIS_TLS_CERT_FILE: '/cert',
      REDIS_TLS_KEY_FILE: '/key',
      REDIS_TLS_SERVERNAME: 'name',
      REDIS_SENTINELS: 'a:1, b',
      REDIS_SENTINEL_NAME: 'main',
      REDIS_SENTINEL_USERNAME: 'watcher',
      REDIS_SENTINEL_PASSWORD: ' exact too ',
      REDIS_SENTINEL_TLS: 'off',
      REDIS_CLUSTER: 'no',
      REDIS_KEY_PREFIX: 'app:',
      REDIS_CONNECT_TIMEOUT_MS: '1000',
      REDIS_COMMAND_TIMEOUT_MS: '50',
      REDIS_BOOT: 'degrade',
    });
    expect(options).toEqual({
      enabled: true,
      url: 'rediss://cache',
      driver: 'node-redis',
      username: 'me',
      password: ' exact ',
      db: 3,
      tls: { caFile: '/ca', certFile: '/cert', keyFile: '/key', servername: 'name' },
      sentinel: {
        name: 'main',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 26_379 },
        ],
        username: 'watcher',
        password: ' exact too ',
        tls: false,
      },
      cluster: false,
      keyPrefix: 'app:',
      connectTimeoutMs: 1_000,
      commandTimeoutMs: 50,
      boot: 'degrade',
    });
  });

  it('takes a lookup such as that of ConfigService, whatever types it gives', () => {
    const values: Record<string, unknown> = {
      REDIS_URL,
      REDIS_DB: 2,
      REDIS_ENABLED: true,
      REDIS_PASSWORD: 12_345,
      REDIS_BOOT: null,
    };
    const options = redisOptionsFromEnv((name) => values[name] as string);
    expect(options).toEqual({ url: REDIS_URL, db: 2, enabled: true, password: '12345' });
  });

  it('names the variable whose lookup throws, or gives no text', () => {
    const read = (name: string): string | undefined => {
      if (name === 'REDIS_URL') throw new Error('open-sesame');
      return name === 'REDIS_DB' ? ({} as string) : undefined;
    };
    const faults = ['REDIS_URL: cannot be read: the lookup throws', 'REDIS_DB: must be text, got an object'];
    expect(faultsOf(() => redisOptionsFromEnv(read))).toEqual(expect.arrayContaining(faults));
  });

  it('reads process.env by default', () => {
    expect(() => redisOptionsFromEnv()).not.toThrow();
  });

  it('lists every fault in one error by the variable’s name, and no secret', () => {
    const env = {
      REDIS_URL: 'redis://u:open-sesame@h:x',
      REDIS_DB: '1.5',
      REDIS_DRIVER: 'redis',
      REDIS_BOOT: 'slow',
      REDIS_TLS: 'maybe',
      REDIS_CLUSTER: '2',
      REDIS_CONNECT_TIMEOUT_MS: '0',
      REDIS_COMMAND_TIMEOUT_MS: '1e3',
    };
    expect(faultsIn(env)).toEqual([
      'REDIS_URL: has a port that is not a number from 1 to 65535',
      'REDIS_TLS: must be one of true, 1, yes, on, false, 0, no, off, required, got "maybe"',
      'REDIS_DRIVER: must be one of auto, ioredis, node-redis, got "redis"',
      'REDIS_DB: must be an integer of at least 0, got "1.5"',
      'REDIS_CLUSTER: must be one of true, 1, yes, on, false, 0, no, off, got "2"',
      'REDIS_CONNECT_TIMEOUT_MS: must be an integer of at least 1, got "0"',
      'REDIS_COMMAND_TIMEOUT_MS: must be an integer of at least 1, got "1e3"',
      'REDIS_BOOT: must be one of fail-fast, degrade, got "slow"',
    ]);
  });

  it('lets the single variables override the URL', () => {
    const options = redisOptionsFromEnv({
      REDIS_URL: 'redis://a:b@h/1',
      REDIS_USERNAME: 'c',
      REDIS_PASSWORD: 'd',
      REDIS_DB: '2',
    });
    expect(toRedisSettings(options)).toMatchObject({ username: 'c', password: 'd', db: 2 });
  });
});

describe('REDIS_ENABLED', () => {
  it.each(['true', 'TRUE', ' 1 ', 'yes', 'On'])('%j turns Redis on', (REDIS_ENABLED) => {
    expect(toRedisSettings(redisOptionsFromEnv({ REDIS_ENABLED, REDIS_URL })).enabled).toBe(true);
  });

  it.each(['false', 'False', '0', ' no', 'OFF'])('%j turns it off, whatever the URL', (REDIS_ENABLED) => {
    const settings = toRedisSettings(redisOptionsFromEnv({ REDIS_ENABLED, REDIS_URL }));
    expect(settings).toMatchObject({ enabled: false, disabledBy: 'REDIS_ENABLED=false' });
  });

  it('unset follows the address', () => {
    expect(toRedisSettings(redisOptionsFromEnv({ REDIS_URL })).enabled).toBe(true);
    expect(toRedisSettings(redisOptionsFromEnv({}))).toMatchObject({
      enabled: false,
      disabledBy: 'no REDIS_URL or REDIS_SENTINELS is set',
    });
  });

  it('warns of variables of an address that is not there, and of one that is not ours', () => {
    const warningsOf = (env: Env): readonly string[] => toRedisSettings(redisOptionsFromEnv(env)).warnings;
    const because = 'but Redis is off: no REDIS_URL or REDIS_SENTINELS is set';
    expect(warningsOf({ REDIS_HOST: 'cache', REDIS_PASSWORD: 'secret' })).toEqual([
      `REDIS_HOST, REDIS_PASSWORD are set, ${because}`,
    ]);
    expect(warningsOf({ REDIS_CLUSTER: 'true' })).toEqual([`REDIS_CLUSTER is set, ${because}`]);
    expect(warningsOf({ REDIS_CLUSTER: 'no', REDIS_DB: '0', REDIS_BOOT: 'degrade', REDIS_PORT: '6379' })).toEqual([]);
    expect(warningsOf({ REDIS_ENABLED: 'false', REDIS_HOST: 'cache' })).toEqual([]);
    expect(warningsOf({ REDIS_URL, REDIS_HOST: 'cache' })).toEqual([]);
  });

  it.each([`"redis://cache"`, `'redis://cache'`, ` "redis://:secret@cache" `])('%s: the quotes are told', (value) => {
    const fault = 'REDIS_URL: has quotes around it, as docker --env-file keeps them; leave them out';
    expect(faultsIn({ REDIS_ENABLED: 'true', REDIS_URL: value })).toEqual([fault]);
    expect(faultsOf(() => toRedisSettings({ url: value }))).toEqual([fault.replace('REDIS_URL', 'url')]);
  });

  it('quotes are told of every other variable too, and belong to a password and a prefix', () => {
    const quotes = 'has quotes around it, as docker --env-file keeps them; leave them out';
    expect(faultsIn({ REDIS_URL, REDIS_BOOT: '"degrade"', REDIS_DB: "'1'" })).toEqual([
      `REDIS_DB: ${quotes}`,
      `REDIS_BOOT: ${quotes}`,
    ]);
    const options = redisOptionsFromEnv({ REDIS_URL, REDIS_PASSWORD: '"p"', REDIS_KEY_PREFIX: '"k"' });
    expect(options).toMatchObject({ password: '"p"', keyPrefix: '"k"' });
  });

  it('true without an address is a fault', () => {
    expect(faultsIn({ REDIS_ENABLED: 'true' })).toEqual([
      'REDIS_ENABLED: is true, but no REDIS_URL or REDIS_SENTINELS is set',
    ]);
    expect(faultsIn({ REDIS_ENABLED: 'true', REDIS_URL: ' ' })).toHaveLength(1);
    expect(faultsIn({ REDIS_ENABLED: 'true', REDIS_SENTINELS: 'a', REDIS_SENTINEL_NAME: 'm' })).toEqual([]);
  });

  it.each(['maybe', '2', 'enabled', 'truee'])('%j is named', (value) => {
    const fault = `REDIS_ENABLED: must be one of true, 1, yes, on, false, 0, no, off, got "${value}"`;
    expect(faultsIn({ REDIS_ENABLED: value, REDIS_URL })).toEqual([fault]);
  });

  it('false wins over what is malformed, and reads no file', () => {
    expect(faultsIn({ REDIS_ENABLED: 'false', REDIS_URL: 'x', REDIS_DB: 'x', REDIS_TLS: 'maybe' })).toEqual([]);
    const off = redisOptionsFromEnv({
      REDIS_ENABLED: 'false',
      REDIS_URL: 'rediss://h',
      REDIS_PASSWORD_FILE: '/no/such',
      REDIS_TLS_CA_FILE: '/no/such',
    });
    expect(toRedisSettings(off).enabled).toBe(false);
  });
});

describe('REDIS_PASSWORD_FILE', () => {
  let dir = '';
  const file = (content: string): string => {
    const path = join(dir, 'password');
    writeFileSync(path, content);
    return path;
  };

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'hub-env-'));
  });

  afterAll(() => rmSync(dir, { recursive: true }));

  it.each([
    ['open-sesame\n', 'open-sesame'],
    ['open-sesame\r\n', 'open-sesame'],
    ['open-sesame\n\n', 'open-sesame\n'],
    [' open-sesame ', ' open-sesame '],
  ])('holding %j gives %j', (content, password) => {
    expect(redisOptionsFromEnv({ REDIS_PASSWORD_FILE: file(content) }).password).toBe(password);
  });

  it('is a fault where it cannot be read, is empty, or stands beside REDIS_PASSWORD', () => {
    expect(faultsIn({ REDIS_PASSWORD_FILE: '/no/such/file' })).toEqual([
      'REDIS_PASSWORD_FILE: cannot read "/no/such/file" (ENOENT)',
    ]);
    expect(faultsIn({ REDIS_PASSWORD_FILE: file('\n') })[0]).toMatch(/^REDIS_PASSWORD_FILE: .* is empty$/);
    const both = { REDIS_PASSWORD: 'open-sesame', REDIS_PASSWORD_FILE: file('other') };
    expect(faultsIn(both)).toEqual(['REDIS_PASSWORD_FILE: is set beside REDIS_PASSWORD; unset one of them']);
  });
});

describe('REDIS_TLS', () => {
  it.each<[Env, Partial<RedisModuleOptions>]>([
    [{ REDIS_TLS: 'true', REDIS_URL: 'rediss://h' }, { tls: true }],
    [{ REDIS_TLS: 'off', REDIS_URL }, { tls: false }],
    [{ REDIS_TLS: 'REQUIRED', REDIS_URL: 'rediss://h' }, { requireTls: true }],
    [
      { REDIS_TLS: 'required', REDIS_TLS_CA_FILE: '/ca', REDIS_URL: 'rediss://h' },
      { requireTls: true, tls: { caFile: '/ca' } },
    ],
  ])('reads %p', (env, expected) => {
    expect(redisOptionsFromEnv(env)).toEqual({ url: env['REDIS_URL'], ...expected });
  });

  it('is a fault where the URL or the other variables contradict it', () => {
    expect(faultsIn({ REDIS_TLS: 'true', REDIS_URL })).toEqual([
      'REDIS_TLS: asks for TLS, but the URL begins with redis://; use rediss://',
    ]);
    expect(faultsIn({ REDIS_TLS: 'false', REDIS_URL: 'rediss://h' })).toHaveLength(1);
    expect(faultsIn({ REDIS_TLS_CA_FILE: '/ca', REDIS_URL })).toHaveLength(1);
    expect(faultsIn({ REDIS_TLS: 'false', REDIS_TLS_CA_FILE: '/ca', REDIS_URL: 'rediss://h' })[0]).toMatch(
      /^REDIS_TLS: is false, but/,
    );
  });

  it('required refuses a plain connection to another machine', () => {
    const fault = 'REDIS_TLS: TLS is required, but cache would be reached without it; use rediss://';
    expect(laterFaultsIn({ REDIS_TLS: 'required', REDIS_URL: 'redis://cache' })).toEqual([fault]);
    expect(laterFaultsIn({ REDIS_TLS: 'required', REDIS_URL: 'redis://localhost' })).toEqual([]);
  });
});

describe('what only the whole shows', () => {
  it.each<[Env, string]>([
    [{ REDIS_URL: 'redis://a,b', REDIS_CLUSTER: 'off' }, 'REDIS_CLUSTER: is off, but REDIS_URL names several hosts'],
    [{ REDIS_URL: 'redis://a,b/1' }, 'REDIS_URL: names database 1, but a cluster has only database 0'],
    [{ REDIS_URL: 'redis://a,b', REDIS_DB: '2' }, 'REDIS_DB: names database 2, but a cluster has only database 0'],
    [
      { REDIS_URL: 'redis://h', REDIS_SENTINELS: 'a', REDIS_SENTINEL_NAME: 'm' },
      'REDIS_SENTINELS: contradicts REDIS_URL',
    ],
    [
      { REDIS_SENTINELS: 'a', REDIS_SENTINEL_NAME: 'm', REDIS_CLUSTER: 'yes' },
      'REDIS_CLUSTER: contradicts REDIS_SENTINELS',
    ],
    [
      { REDIS_SENTINELS: 'a', REDIS_SENTINEL_NAME: 'm', REDIS_SENTINEL_USERNAME: 'me' },
      'REDIS_SENTINEL_USERNAME: names a user without a password',
    ],
    [{ REDIS_URL: 'rediss://h', REDIS_TLS_CA_FILE: '/no/such/ca' }, 'REDIS_TLS_CA_FILE: cannot read'],
    [{ REDIS_URL: 'redis://h', REDIS_USERNAME: 'me' }, 'REDIS_USERNAME: names a user without a password'],
  ])('is told by the variable of %p', (env, fault) => {
    const faults = laterFaultsIn(env);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.startsWith(fault)).toBe(true);
  });

  it('is told by the option where options were added by hand', () => {
    const options = { ...redisOptionsFromEnv({ REDIS_URL }), url: 'http://x' };
    expect(faultsOf(() => toRedisSettings(options))).toEqual(['url: must begin with redis://, rediss:// or unix://']);
  });

  it('is told where a hand added a url to the variables of sentinels', () => {
    const options = { ...redisOptionsFromEnv({ REDIS_SENTINELS: 'a', REDIS_SENTINEL_NAME: 'm' }), url: 'redis://h' };
    expect(faultsOf(() => toRedisSettings(options))).toEqual(['sentinel: contradicts url; give one of them']);
  });

  it.each<[Env, string]>([
    [{ REDIS_SENTINELS: 'a:x', REDIS_SENTINEL_NAME: 'm' }, 'REDIS_SENTINELS: must be a list'],
    [{ REDIS_SENTINELS: 'a' }, 'REDIS_SENTINELS: needs REDIS_SENTINEL_NAME'],
    [{ REDIS_SENTINEL_NAME: 'm' }, 'REDIS_SENTINEL_NAME: is set without REDIS_SENTINELS'],
  ])('refuses %p', (env, fault) => {
    expect(faultsIn(env)[0]?.startsWith(fault)).toBe(true);
  });
});
