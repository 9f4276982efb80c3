import { RedisError } from '../../../lib/errors/redis.error.js';
import { addressAttributes } from '../../../lib/otel/address-attributes.js';
import { errorTypeOf } from '../../../lib/otel/error-type.js';
import { unitOf } from '../../../lib/otel/unit-of.js';

describe('the address of a span', () => {
  it.each([
    ['localhost:6379', { 'server.address': 'localhost', 'server.port': 6379 }],
    ['10.0.0.1:7000', { 'server.address': '10.0.0.1', 'server.port': 7000 }],
    ['[::1]:6380', { 'server.address': '::1', 'server.port': 6380 }],
    ['/run/redis.sock', { 'server.address': '/run/redis.sock' }],
    ['a:7000,b:7001,+4', {}],
    ["master 'm' of a:26379", {}],
    ['', {}],
  ])('is read from %j', (endpoint, expected) => {
    expect(addressAttributes(endpoint)).toEqual(expected);
  });
});

describe('the type of an error', () => {
  class LoaderError extends Error {
    override readonly name = 'LoaderError';
  }
  const named = (name: string): Error => Object.assign(new Error('x'), { name });

  it.each([
    [new RedisError({ kind: 'busy', operation: 'get', message: 'x' }), 'busy'],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }), 'refused'],
    [new LoaderError('secret'), 'LoaderError'],
    [new Error('secret'), '_OTHER'],
    [named('a secret, by the look of it'), '_OTHER'],
    ['text', '_OTHER'],
    [undefined, '_OTHER'],
    [
      new Proxy(new Error('x'), {
        get: () => {
          throw new Error('y');
        },
      }),
      '_OTHER',
    ],
  ])('is never its message: %#', (error, expected) => {
    expect(errorTypeOf(error)).toBe(expected);
  });
});

describe('the unit of a metric', () => {
  it.each([
    ['redis_operation_duration_ms', 'ms'],
    ['redis_memory_used_bytes', 'By'],
    ['redis_memory_used_ratio', '1'],
    ['redis_up', ''],
    ['redis_cache_hit_total', ''],
  ])('is what %s ends with', (name, unit) => {
    expect(unitOf(name)).toBe(unit);
  });
});
