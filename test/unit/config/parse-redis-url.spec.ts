import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseRedisUrl } from '../../../lib/config/parse-redis-url.js';
import type { RedisUrl } from '../../../lib/config/parse-redis-url.js';

const urlOf = (text: string): RedisUrl => {
  const result = parseRedisUrl(text);
  if ('fault' in result) throw new Error(result.fault);
  return result.url;
};

const faultOf = (text: string): string => {
  const result = parseRedisUrl(text);
  return 'fault' in result ? result.fault : 'no fault';
};

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);

describe('parseRedisUrl', () => {
  it.each<[string, Partial<RedisUrl>]>([
    ['redis://host', { scheme: 'redis', endpoints: [{ host: 'host', port: 6379 }] }],
    ['REDIS://host:7000/', { scheme: 'redis', endpoints: [{ host: 'host', port: 7000 }] }],
    ['rediss://host:6380/3', { scheme: 'rediss', endpoints: [{ host: 'host', port: 6380 }], db: 3 }],
    ['redis://host?db=4', { scheme: 'redis', endpoints: [{ host: 'host', port: 6379 }], db: 4 }],
    ['redis://:pw@127.0.0.1', { scheme: 'redis', endpoints: [{ host: '127.0.0.1', port: 6379 }], password: 'pw' }],
    ['redis://me@host', { scheme: 'redis', endpoints: [{ host: 'host', port: 6379 }], username: 'me' }],
    [' redis://[::1]:7000 ', { scheme: 'redis', endpoints: [{ host: '::1', port: 7000 }] }],
    ['redis://[fe80::1%25eth0]', { scheme: 'redis', endpoints: [{ host: 'fe80::1%eth0', port: 6379 }] }],
    [
      'redis://u:a:b@c@host',
      { scheme: 'redis', endpoints: [{ host: 'host', port: 6379 }], username: 'u', password: 'a:b@c' },
    ],
    ['unix:///run/redis.sock', { scheme: 'unix', endpoints: [{ path: '/run/redis.sock' }] }],
    [
      'unix://u:p%2Fw@/run/my%20redis.sock?db=2',
      { scheme: 'unix', endpoints: [{ path: '/run/my redis.sock' }], username: 'u', password: 'p/w', db: 2 },
    ],
  ])('reads %s', (text, expected) => {
    expect(urlOf(text)).toEqual(expected);
  });

  it.each([
    'redis://a:1,b:2,[::1]',
    'redis://a:1, b:2 ,[::1]',
    'redis://u:p@a:1,b:2,[::1]/0',
    'redis://a:1,redis://b:2,redis://[::1]',
    'redis://a:1, redis://b:2 , redis://[::1]',
  ])('recognises the hosts of a cluster in %s', (text) => {
    const hosts = [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
      { host: '::1', port: 6379 },
    ];
    expect(urlOf(text).endpoints).toEqual(hosts);
  });

  it.each([
    ['', 'must begin with'],
    ['localhost:6379', 'must begin with'],
    ['http://host', 'must begin with'],
    ['redis:/host', 'must begin with'],
    ['redis://', 'no host'],
    ['redis://:6379', 'no host'],
    ['redis://u:p@', 'no host'],
    ['redis://a,,b', 'no host'],
    ['redis://host:0', 'port'],
    ['redis://host:65536', 'port'],
    ['redis://host:port', 'port'],
    ['redis://host:1:2', 'port'],
    ['redis://ho st', 'host that is not valid'],
    ['redis://[::1', 'host'],
    ['redis://[zz]', 'host that is not valid'],
    ['redis://::1', 'no host'],
    ['redis://host/x', 'database'],
    ['redis://host/-1', 'database'],
    ['redis://host/1/2', 'database'],
    ['redis://host/1?db=2', 'two databases'],
    ['redis://host?family=6', 'query parameter'],
    ['redis://host#x', 'percent-encoded'],
    ['redis://u:pa/ss@host', 'percent-encoded'],
    ['redis://u:pa?ss@host', 'percent-encoded'],
    ['redis://u:pa#ss@host', 'percent-encoded'],
    ['redis://u:100%@host', '%25'],
    ['redis://u%ZZ:p@host', '%25'],
    ['redis://u:p@a:1,u:p@b:2', 'login for each host'],
    ['redis://a,redis://b:x', 'port'],
    ['redis://a,rediss://b', 'mixes redis:// and rediss://'],
    ['rediss://u:p@a,rediss://v:p@b', 'another login'],
    ['redis://a,redis://:p@b', 'another login'],
    ['redis://a/0,redis://b/1', 'another database'],
    ['unix://run/redis.sock', 'unix:///path'],
    ['unix:///', 'unix:///path'],
    ['unix:///run/%ZZ', '%-escape'],
    ['unix:///run/redis.sock?db=x', 'database'],
  ])('refuses %j', (text, fault) => {
    expect(faultOf(text)).toContain(fault);
  });

  it('gives back every user, password, database and port that was put in', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(word, word, fc.nat(15), fc.integer({ min: 1, max: 65_535 }), (username, password, db, port) => {
        const text = `redis://${encode(username)}:${encode(password)}@host:${port}/${db}`;
        expect(urlOf(text)).toEqual({ scheme: 'redis', endpoints: [{ host: 'host', port }], username, password, db });
      }),
    );
  });

  it('answers any text with a result, and never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', 'redis://', 'rediss://u:', 'unix://'),
        (text, start) => {
          expect(parseRedisUrl(start + text)).toBeDefined();
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
