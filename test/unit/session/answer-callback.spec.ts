import { describe, expect, it, jest } from '@jest/globals';
import { RedisError } from '../../../lib/errors/redis.error.js';
import { answer } from '../../../lib/session/answer-callback.js';

const missing = (message = 'connect ENOENT /run/redis.sock'): Error =>
  Object.assign(new Error(message), { code: 'ENOENT' });

/** What the callback is given, in one list. */
function answered(result: Promise<unknown>): Promise<unknown[]> {
  return new Promise((resolve) => answer(result, (...given: unknown[]) => resolve(given)));
}

/** Every code in the error, its causes, and the errors of those. */
function codesIn(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  const { code, errors = [] } = error as { code?: unknown; errors?: unknown[] };
  return [code, ...codesIn(error.cause), ...errors.flatMap(codesIn)].filter((one) => one !== undefined);
}

describe('answer', () => {
  it('gives a result as Node does, after the call', async () => {
    expect(await answered(Promise.resolve('value'))).toEqual([null, 'value']);
    const callback = jest.fn();
    answer(Promise.resolve(1), callback);
    expect(callback).not.toHaveBeenCalled();
  });

  it('gives an error alone, and as it is', async () => {
    const error = new RedisError({ kind: 'refused', message: 'no', cause: new Error('ECONNREFUSED') });
    const given = await answered(Promise.reject(error));
    expect(given).toHaveLength(1);
    expect(given[0]).toBe(error);
  });

  it.each([undefined, null, 'text'])('takes %p for no callback', async (callback) => {
    answer(Promise.resolve(1), callback as never);
    answer(Promise.reject(new Error('told nobody')), callback as never);
    expect(await answered(Promise.resolve(2))).toEqual([null, 2]);
  });

  it.each([
    ['the error', () => Object.assign(new RedisError({ kind: 'refused', message: 'no' }), { code: 'ENOENT' })],
    ['its cause', () => new RedisError({ kind: 'refused', message: 'no', cause: missing() })],
    [
      'the cause of its cause',
      () =>
        new RedisError({
          kind: 'refused',
          message: 'no',
          cause: new RedisError({ kind: 'unavailable', message: 'off', cause: missing() }),
        }),
    ],
    [
      'one of several causes',
      () =>
        new RedisError({ kind: 'refused', message: 'no', cause: new AggregateError([new Error('other'), missing()]) }),
    ],
  ])('takes the code of a missing session out of %s, and leaves the rest', async (_what, make) => {
    const original = make();
    const [error] = await answered(Promise.reject(original));
    expect(codesIn(original)).toContain('ENOENT');
    expect(error).toMatchObject({ name: 'RedisError', redisErrorKind: 'refused', message: 'no', outcome: 'not-sent' });
    expect(codesIn(error)).toEqual([]);
  });

  it('keeps what a cause says, and its other codes', async () => {
    const cause = Object.assign(new Error('outer', { cause: missing('inner') }), { code: 'ECONNRESET' });
    const [error] = await answered(Promise.reject(new RedisError({ kind: 'refused', message: 'no', cause })));
    expect((error as Error).cause).toMatchObject({ message: 'outer', code: 'ECONNRESET', cause: { message: 'inner' } });
    expect(codesIn(error)).toEqual(['ECONNRESET']);
  });

  it('makes an outage of a foreign error of that code', async () => {
    const [error] = await answered(Promise.reject(missing()));
    expect(error).toMatchObject({ redisErrorKind: 'unavailable', outcome: 'unknown' });
    expect(codesIn(error)).toEqual([]);
  });

  it('ends at a chain that leads back to itself', async () => {
    const cause = missing();
    cause.cause = cause;
    const [error] = await answered(Promise.reject(new RedisError({ kind: 'refused', message: 'no', cause })));
    expect((error as Error).cause).not.toHaveProperty('code');
  });

  it.each([undefined, null, 'text', 5])('gives what was thrown, also where it is %p', async (thrown) => {
    expect(await answered(Promise.reject(thrown))).toEqual([thrown]);
  });
});
