import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { redisOptionsFromEnv } from '../../../lib/config/redis-options-from-env.js';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import type { RedisSettings } from '../../../lib/interfaces/redis-settings.interface.js';
import { faultsOf } from './faults.js';

type Env = Record<string, string>;

const SECRET = 'open-sesame';
const SENTINELS = { REDIS_SENTINELS: 's1,s2:1', REDIS_SENTINEL_NAME: 'main' };
const nodes = [{ host: 's1' }, { host: 's2', port: 1 }];
const sentinel = { name: 'main', nodes };

const settingsOf = (options: object): RedisSettings => toRedisSettings(options, { nodeEnv: 'test' });
const faultsIn = (options: object): string[] => faultsOf(() => settingsOf(options));
const settingsFrom = (env: Env): RedisSettings => settingsOf(redisOptionsFromEnv(env));
const faultsFrom = (env: Env): string[] => faultsOf(() => settingsFrom(env));

describe('a server behind sentinels', () => {
  it('is told by options', () => {
    const login = { username: 'watcher', password: 'w' };
    expect(settingsOf({ sentinel: { ...sentinel, ...login }, username: 'app', password: 'a', db: 3 })).toMatchObject({
      enabled: true,
      endpoint: { host: 's1', port: 26_379 },
      sentinel: {
        name: 'main',
        nodes: [
          { host: 's1', port: 26_379 },
          { host: 's2', port: 1 },
        ],
        ...login,
      },
      username: 'app',
      password: 'a',
      db: 3,
    });
  });

  it('is told by variables', () => {
    const env = {
      REDIS_SENTINELS: ' redis://s1 , redis://s2:1/, [::1]:7, [fe80::1] ',
      REDIS_SENTINEL_NAME: 'main',
      REDIS_SENTINEL_USERNAME: 'watcher',
      REDIS_SENTINEL_PASSWORD: ' w ',
      REDIS_PASSWORD: 'a',
    };
    expect(settingsFrom(env).sentinel).toEqual({
      name: 'main',
      nodes: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 1 },
        { host: '::1', port: 7 },
        { host: 'fe80::1', port: 26_379 },
      ],
      username: 'watcher',
      password: ' w ',
    });
    expect(settingsFrom(env)).toMatchObject({ password: 'a', db: 0, endpoint: { host: 's1', port: 26_379 } });
  });

  it('never lends its login to the sentinels, nor takes theirs', () => {
    expect(settingsOf({ sentinel, username: 'app', password: 'a' }).sentinel).not.toHaveProperty('password');
    expect(settingsOf({ sentinel: { ...sentinel, password: 'w' } })).not.toHaveProperty('password');
  });

  it.each([
    [{ tls: { servername: 'n' } }, {}, { servername: 'n' }, { servername: 'n' }],
    [{ tls: { servername: 'n' } }, { tls: true }, { servername: 'n' }, { servername: 'n' }],
    [{ tls: true }, { tls: false }, {}, undefined],
    [{ tls: true }, { tls: { servername: 's' } }, {}, { servername: 's' }],
    [{}, { tls: true }, undefined, {}],
    [{}, {}, undefined, undefined],
  ])('with %j and %j has TLS of its own: %j, and the sentinels %j', (server, own, tls, theirs) => {
    const settings = settingsOf({ ...server, sentinel: { ...sentinel, ...own } });
    expect([settings.tls, settings.sentinel?.tls]).toEqual([tls, theirs]);
  });

  it.each<[Env, unknown, unknown]>([
    [{ REDIS_SENTINELS: 'rediss://s1,rediss://s2' }, {}, {}],
    [{ REDIS_SENTINELS: 'REDISS://s1,s2' }, {}, {}],
    [{ REDIS_SENTINELS: 'rediss://s1', REDIS_TLS_SERVERNAME: 'n' }, { servername: 'n' }, { servername: 'n' }],
    [{ REDIS_TLS: 'true' }, {}, {}],
    [{ REDIS_TLS: 'true', REDIS_SENTINEL_TLS: 'false' }, {}, undefined],
    [{ REDIS_SENTINEL_TLS: 'true' }, undefined, {}],
    [{ REDIS_SENTINELS: 'redis://s1' }, undefined, undefined],
  ])('by %j has TLS %j, and the sentinels %j', (env, tls, theirs) => {
    const settings = settingsFrom({ ...SENTINELS, ...env });
    expect([settings.tls, settings.sentinel?.tls]).toEqual([tls, theirs]);
  });

  it.each<[Env, string]>([
    [
      { REDIS_SENTINELS: 'redis://s1', REDIS_TLS: 'true' },
      'REDIS_TLS: asks for TLS, but REDIS_SENTINELS begins with redis://; use rediss://',
    ],
    [
      { REDIS_SENTINELS: 'redis://s1', REDIS_TLS_SERVERNAME: 'n' },
      'REDIS_TLS: asks for TLS, but REDIS_SENTINELS begins with redis://; use rediss://',
    ],
    [
      { REDIS_SENTINELS: 'rediss://s1', REDIS_TLS: 'false' },
      'REDIS_TLS: contradicts the scheme rediss:// of REDIS_SENTINELS, which means TLS',
    ],
    [
      { REDIS_SENTINELS: 'rediss://s1', REDIS_SENTINEL_TLS: 'no' },
      'REDIS_SENTINEL_TLS: contradicts the scheme rediss:// of REDIS_SENTINELS, which means TLS',
    ],
    [
      { REDIS_SENTINELS: 'redis://s1', REDIS_SENTINEL_TLS: 'yes' },
      'REDIS_SENTINEL_TLS: asks for TLS, but REDIS_SENTINELS begins with redis://; use rediss://',
    ],
    [
      { REDIS_SENTINELS: 'redis://s1,rediss://s2' },
      'REDIS_SENTINELS: mixes redis:// and rediss://; give all of them the same scheme',
    ],
    [
      { REDIS_SENTINELS: `redis://u:${SECRET}@s1` },
      'REDIS_SENTINELS: must be a list such as host:26379,other:26379; one has a login, which belongs into REDIS_SENTINEL_USERNAME and REDIS_SENTINEL_PASSWORD',
    ],
    [{ REDIS_SENTINELS: 's1,,s2' }, 'REDIS_SENTINELS: must be a list such as host:26379,other:26379; one has no host'],
    [
      { REDIS_SENTINEL_PASSWORD: SECRET, REDIS_SENTINEL_PASSWORD_FILE: '/x' },
      'REDIS_SENTINEL_PASSWORD_FILE: is set beside REDIS_SENTINEL_PASSWORD; unset one of them',
    ],
    [
      { REDIS_SENTINEL_PASSWORD_FILE: '/no/such/file' },
      'REDIS_SENTINEL_PASSWORD_FILE: cannot read "/no/such/file" (ENOENT)',
    ],
    [
      { REDIS_SENTINEL_TLS: 'required' },
      'REDIS_SENTINEL_TLS: must be one of true, 1, yes, on, false, 0, no, off, got "required"',
    ],
  ])('refuses %j', (env, fault) => {
    expect(faultsFrom({ ...SENTINELS, ...env })).toEqual([fault]);
  });

  it.each(['REDIS_SENTINEL_NAME', 'REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD', 'REDIS_SENTINEL_TLS'])(
    'refuses %s without sentinels',
    (name) => {
      expect(faultsFrom({ [name]: 'true' })).toEqual([`${name}: is set without REDIS_SENTINELS`]);
    },
  );

  it.each([
    [{ nodes }, ['sentinel.name: is missing: the name in "sentinel monitor <name>"']],
    [{ name: '', nodes }, ['sentinel.name: is empty; leave it out instead']],
    [{ name: 'm' }, ["sentinel.nodes: must be a list of hosts, such as [{ host: 'redis-1', port: 26379 }]"]],
    [{ name: 'm', nodes: [] }, ["sentinel.nodes: must be a list of hosts, such as [{ host: 'redis-1', port: 26379 }]"]],
    [{ name: 'm', nodes: [...nodes, 's3:1'] }, ['sentinel.nodes[2]: must be a plain object, got a string']],
    [
      { name: 'm', nodes: [{ host: `redis://u:${SECRET}@h` }] },
      [expect.stringMatching(/^sentinel.nodes\[0\].host: must/)],
    ],
    [{ name: 'm', nodes: [{ port: 1 }] }, ['sentinel.nodes[0].host: is missing']],
    [
      { name: 'm', nodes: [{ host: 'h', port: 0, prot: 1 }] },
      [
        'sentinel.nodes[0].prot: is not an option; did you mean sentinel.nodes[0].port?',
        'sentinel.nodes[0].port: must be an integer from 1 to 65535, got 0',
      ],
    ],
    [{ ...sentinel, username: 'me' }, [expect.stringMatching(/^sentinel.username: names a user without a password/)]],
    [{ ...sentinel, password: 7 }, ['sentinel.password: must be a string, got a number']],
    [{ ...sentinel, tls: { ca: 'x' } }, ['sentinel.tls.ca: is not PEM text; for a path there is caFile']],
    [{ ...sentinel, sentinels: [] }, ['sentinel.sentinels: is not an option']],
    ['main', ['sentinel: must be a plain object, got a string']],
  ])('refuses sentinel: %j', (value, faults) => {
    expect(faultsIn({ sentinel: value })).toEqual(faults);
    expect(faultsIn({ sentinel: value, enabled: false })).toEqual([]);
  });

  it.each([
    [{ url: 'redis://h' }, ['sentinel: contradicts url; give one of them']],
    [{ host: 'h' }, ['sentinel: contradicts host; give one of them']],
    [{ cluster: true }, ['cluster: contradicts sentinel; give one of them']],
    [{ cluster: { nodes } }, ['cluster: contradicts sentinel; give one of them']],
  ])('refuses it beside %j', (others, faults) => {
    expect(faultsIn({ sentinel, ...others })).toEqual(faults);
  });
});

describe('a cluster', () => {
  const seeds = [
    { host: 'a', port: 6379 },
    { host: 'b', port: 1 },
  ];

  it.each([
    [{ url: 'redis://a,b:1' }, seeds],
    [{ url: 'redis://a,redis://b:1' }, seeds],
    [{ url: 'redis://a,b:1', cluster: true }, seeds],
    [{ cluster: { nodes: [{ host: 'a' }, { host: 'b', port: 1 }] } }, seeds],
    [{ url: 'redis://a', cluster: true }, seeds.slice(0, 1)],
    [{ host: 'b', port: 1, cluster: true }, seeds.slice(1)],
  ])('is told by %j', (options, cluster) => {
    expect(settingsOf(options)).toMatchObject({ enabled: true, cluster, endpoint: cluster[0], db: 0 });
  });

  it('is told by variables, with login and TLS', () => {
    const env = { REDIS_URL: 'rediss://app:a@a,b:1', REDIS_TLS_SERVERNAME: 'n' };
    expect(settingsFrom(env)).toMatchObject({
      cluster: seeds,
      username: 'app',
      password: 'a',
      tls: { servername: 'n' },
    });
    expect(settingsFrom({ REDIS_URL: 'redis://a', REDIS_CLUSTER: 'yes' }).cluster).toEqual(seeds.slice(0, 1));
  });

  it.each([{ url: 'redis://a' }, { url: 'redis://a', cluster: false }, { host: 'a' }, { url: 'unix:///s' }])(
    'is not what %j tells',
    (options) => {
      expect(settingsOf(options)).not.toHaveProperty('cluster');
      expect(settingsOf(options)).not.toHaveProperty('sentinel');
    },
  );

  it.each([
    [
      { url: 'redis://a,b', cluster: false },
      ['cluster: is off, but url names several hosts, which only a cluster has'],
    ],
    [{ url: 'redis://a,b/1' }, ['url: names database 1, but a cluster has only database 0']],
    [{ url: 'redis://a', cluster: true, db: 1 }, ['db: names database 1, but a cluster has only database 0']],
    [
      { url: 'unix:///s', cluster: true },
      ['cluster: cannot be reached by a unix socket; give the hosts of some of its nodes'],
    ],
    [{ url: 'redis://a', cluster: 'yes' }, ['cluster: must be true, false or { nodes }, got a string']],
    [{ url: 'redis://a', cluster: [] }, ['cluster: must be true, false or { nodes }, got an array']],
    [{ cluster: {} }, ["cluster.nodes: must be a list of hosts, such as [{ host: 'redis-1', port: 6379 }]"]],
    [{ cluster: { nodes }, url: 'redis://a' }, ['cluster: contradicts url; give one of them']],
    [{ cluster: { nodes }, host: 'a' }, ['cluster: contradicts host; give one of them']],
    [{ url: 'redis://a,b', tls: true }, ['tls: asks for TLS, but the URL begins with redis://; use rediss://']],
    [{ url: 'rediss://a,b', tls: false }, ['tls: contradicts the scheme rediss:// of the URL, which means TLS']],
    [{ url: 'redis://a,rediss://b' }, ['url: mixes redis:// and rediss://; give all hosts the same scheme']],
  ])('refuses %j', (options, faults) => {
    expect(faultsIn(options)).toEqual(faults);
    expect(faultsIn({ ...options, enabled: false })).toEqual([]);
  });

  it('that is off is off, and one without an address too', () => {
    expect(settingsOf({ url: 'redis://a,b', enabled: false }).enabled).toBe(false);
    expect(settingsOf({ cluster: true }).enabled).toBe(false);
    expect(faultsFrom({ REDIS_ENABLED: 'true', REDIS_CLUSTER: 'true' })).toEqual([
      'REDIS_ENABLED: is true, but no REDIS_URL or REDIS_SENTINELS is set',
    ]);
  });
});

describe('plain text', () => {
  const reached = 'the server that the sentinels name';

  it.each([
    [{ url: 'redis://localhost,b,c' }, 'b, c'],
    [{ cluster: { nodes: [{ host: 'a' }, { host: '::1' }] } }, 'a'],
    [{ sentinel }, `s1, s2, ${reached}`],
    [{ sentinel: { ...sentinel, tls: true } }, reached],
    [{ sentinel: { ...sentinel, tls: false }, tls: true }, 's1, s2'],
    [{ sentinel: { name: 'main', nodes: [{ host: 'localhost' }] } }, reached],
  ])('of %j goes to %s: a fault where TLS is required, a warning in production', (options, hosts) => {
    expect(faultsIn({ ...options, requireTls: true })).toEqual([
      `requireTls: TLS is required, but ${hosts} would be reached without it; use rediss://`,
    ]);
    const are = hosts.includes(', ') ? 'are' : 'is';
    expect(toRedisSettings(options, { nodeEnv: 'production' }).warnings).toEqual([
      `${hosts} ${are} reached without TLS while NODE_ENV is production; use rediss://`,
    ]);
  });

  it.each([
    { url: 'rediss://a,b' },
    { url: 'redis://localhost,127.0.0.1:1' },
    { sentinel, tls: true },
    { cluster: { nodes }, tls: true },
  ])('is not what %j asks for', (options) => {
    expect(settingsOf({ ...options, requireTls: true }).enabled).toBe(true);
    expect(toRedisSettings(options, { nodeEnv: 'production' }).warnings).toEqual([]);
  });

  it('is refused by REDIS_TLS=required, for every topology', () => {
    const fault = (hosts: string): string =>
      `REDIS_TLS: TLS is required, but ${hosts} would be reached without it; use rediss://`;
    expect(faultsFrom({ ...SENTINELS, REDIS_TLS: 'required' })).toEqual([fault(`s1, s2, ${reached}`)]);
    expect(faultsFrom({ REDIS_URL: 'redis://a,b', REDIS_TLS: 'required' })).toEqual([fault('a, b')]);
    expect(
      faultsFrom({ ...SENTINELS, REDIS_SENTINELS: 'rediss://s1', REDIS_TLS: 'required', REDIS_SENTINEL_TLS: 'true' }),
    ).toEqual([]);
  });
});

describe('any list of sentinels', () => {
  const port = fc.integer({ min: 1, max: 65_535 });
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
  const node = fc.record({ host, port });
  const written = ({ host: name, port: number }: { host: string; port: number }): string =>
    name.includes(':') ? `[${name}]:${number}` : `${name}:${number}`;

  it('is given back as it was put in', () => {
    fc.assert(
      fc.property(fc.array(node, { minLength: 1 }), fc.constantFrom('', 'redis://', 'rediss://'), (list, scheme) => {
        const REDIS_SENTINELS = list.map((one) => scheme + written(one)).join(', ');
        const settings = settingsFrom({ REDIS_SENTINELS, REDIS_SENTINEL_NAME: 'm' });
        expect(settings.sentinel?.nodes).toEqual(list);
        expect(settings.tls !== undefined).toBe(scheme === 'rediss://');
      }),
    );
  });

  it('that cannot be read is refused by its name, and shows nothing of itself', () => {
    const text = fc.string({ unit: 'binary' }).map((some) => `${some}${SECRET}@`);
    fc.assert(
      fc.property(text, fc.constantFrom('', 'redis://', 'rediss://u:', 'a,'), (some, start) => {
        const faults = faultsFrom({ ...SENTINELS, REDIS_SENTINELS: start + some });
        expect(faults.join()).toMatch(/^REDIS_SENTINELS: /);
        expect(faults.join()).not.toContain(SECRET);
      }),
      { numRuns: 500 },
    );
  });
});
