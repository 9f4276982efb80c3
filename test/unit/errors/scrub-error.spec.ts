import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { scrubError } from '../../../lib/errors/scrub-error.js';

describe('scrubError', () => {
  it('copies name, message, code and frames, and nothing else', () => {
    const error = Object.assign(new TypeError('Invalid URL'), {
      code: 'ERR_INVALID_URL',
      input: 'redis://u:pass@h',
      command: {},
    });
    const copy = scrubError(error);
    expect(copy).not.toBe(error);
    expect(copy).toMatchObject({ name: 'TypeError', message: 'Invalid URL', code: 'ERR_INVALID_URL' });
    expect(Object.keys(copy)).toEqual(['code']);
    expect(copy.stack).toMatch(/^TypeError: Invalid URL\n\s+at /);
  });

  it('keeps the chain of causes and the errors of an AggregateError', () => {
    const root = new Error('root');
    const error = new Error('outer', {
      cause: new AggregateError([new Error('first'), root], 'several', { cause: root }),
    });
    const { cause } = scrubError(error) as { cause: AggregateError };
    expect(cause).toBeInstanceOf(AggregateError);
    expect(cause.message).toBe('several');
    expect(cause.errors.map((inner: Error) => inner.message)).toEqual(['first', 'root']);
  });

  it('ends on a cycle', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(scrubError(error).cause).toBeUndefined();
  });

  it('bounds depth and breadth', () => {
    let error = new Error('0');
    for (let depth = 1; depth < 100; depth += 1) {
      error = new AggregateError(
        Array.from({ length: 100 }, () => new Error('x')),
        String(depth),
        { cause: error },
      );
    }
    expect(inspect(scrubError(error), { depth: Infinity }).length).toBeLessThan(200_000);
  });

  it('bounds the message', () => {
    expect(scrubError(new Error('x'.repeat(1_000_000))).message).toHaveLength(2_000);
  });

  it('takes no header from the original stack, and no line of the message that looks like a frame', () => {
    const error = new Error('first\n    at a secret place');
    expect(scrubError(error, ['secret']).stack?.match(/secret/)).toBeNull();
    expect(
      scrubError(error, ['secret'])
        .stack?.split('\n')
        .filter((line) => line.includes('place')),
    ).toHaveLength(1);
  });

  it.each([
    ['a string redis://u:pass@h:1', 'a string redis://h:1'],
    [undefined, 'undefined'],
    [null, 'null'],
    [42, '42'],
    [Symbol('s'), 'Symbol(s)'],
    [{ password: 'x' }, 'a thrown object'],
    [{ message: 'like an error' }, 'like an error'],
    [() => 'source', 'a thrown function'],
  ])('makes an error of the thrown value %p', (thrown, message) => {
    const copy = scrubError(thrown);
    expect(copy).toBeInstanceOf(Error);
    expect(copy.message).toBe(message);
    expect(JSON.stringify(copy)).toBe('{}');
  });

  it('survives getters that throw, revoked proxies and properties of other types', () => {
    const hostile = Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('secret');
      },
    });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const odd = {
      name: 7,
      message: { toString: () => 'secret' },
      stack: [],
      code: 'not a code',
      cause: proxy,
      errors: proxy,
    };
    for (const thrown of [hostile, proxy, odd, Object.create(null)]) {
      expect(inspect(scrubError(thrown), { depth: 9 })).not.toContain('secret');
    }
  });
});
