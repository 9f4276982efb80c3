import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeSession, encodeSession } from '../../../lib/session/session.codec.js';

const ID = 'the-id-of-a-login';
const SECRET = 'hunter2';

function refusalOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was refused');
}

describe('encodeSession', () => {
  it('gives back every JSON object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const text = JSON.stringify(data);
        expect(JSON.stringify(decodeSession(ID, encodeSession(ID, data, 1_000_000)))).toBe(text);
      }),
    );
  });

  const cyclic: Record<string, unknown> = { password: SECRET };
  cyclic['self'] = cyclic;
  it.each<[string, unknown]>([
    ['a cycle', cyclic],
    ['a BigInt', { password: SECRET, n: 1n }],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error(`no ${SECRET}`);
        },
      },
    ],
    [
      'a toJSON that throws no error',
      {
        toJSON: () => {
          // eslint-disable-next-line no-throw-literal
          throw SECRET;
        },
      },
    ],
    [
      'a toJSON that throws what throws when it is looked at',
      {
        toJSON: () => {
          throw Object.defineProperty(new Error(SECRET), 'name', {
            get: () => {
              throw new TypeError(SECRET);
            },
          });
        },
      },
    ],
    ['a toJSON that gives a text', { toJSON: () => SECRET }],
    ['an array', [SECRET]],
    ['a text', SECRET],
    ['null', null],
    ['undefined', undefined],
    ['a function', () => SECRET],
    ['what is too large', { password: SECRET, text: 'é'.repeat(60) }],
  ])('refuses %s, naming the session by its hash only', (_what, data) => {
    const error = refusalOf(() => encodeSession(ID, data, 100));
    expect(error).toMatchObject({ redisErrorKind: 'serialization', operation: 'session.set' });
    expect(error.message).toMatch(/^Session #[0-9a-f]{12} /);
    expect(inspect(error) + JSON.stringify(error)).not.toMatch(new RegExp(`${ID}|${SECRET}`));
  });

  it('counts bytes, not characters', () => {
    expect(() => encodeSession(ID, { a: 'é' }, 10)).not.toThrow();
    expect(() => encodeSession(ID, { a: 'é' }, 9)).toThrow('10 bytes, and maxPayloadBytes is 9');
  });
});

describe('decodeSession', () => {
  it.each(['', 'not json', '[1]', '"text"', 'null', '{"a":'])('refuses the stored value %p', (text) => {
    const error = refusalOf(() => decodeSession(ID, text));
    expect(error).toMatchObject({ redisErrorKind: 'serialization', operation: 'session.get' });
    expect(inspect(error)).not.toContain(ID);
  });

  it('takes __proto__ as data', () => {
    const data = decodeSession(ID, '{"__proto__":{"admin":true}}');
    expect(Object.keys(data)).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});
