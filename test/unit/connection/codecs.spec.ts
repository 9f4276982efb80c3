import * as fc from 'fast-check';
import { escapeGlob } from '../../../lib/commands/escape-glob.js';
import {
  isOk,
  isOne,
  toInteger,
  toRecord,
  toScanPage,
  toText,
  toTextOrNull,
  toTexts,
} from '../../../lib/commands/replies.js';
import { encodeId } from '../../../lib/utils/encode-id.js';
import { decodeJson, encodeJson } from '../../../lib/utils/json.codec.js';

describe('the JSON codec', () => {
  it('gives back what it was given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(decodeJson(encodeJson(value, 'k', 'set'), 'k', 'get')).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => 'secret'],
    ['a symbol', Symbol('secret')],
    ['a BigInt', 1n],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('secret');
        },
      },
    ],
    ['a toJSON of undefined', { toJSON: () => undefined }],
  ])('refuses %s by the name of the key, without the value', (_what, value) => {
    expect(() => encodeJson(value, 'my-key', 'set')).toThrow(
      expect.objectContaining({
        redisErrorKind: 'serialization',
        outcome: 'not-sent',
        message: expect.stringMatching(/^set: (?=.*"my-key")(?!.*secret)/),
      }),
    );
  });

  it.each(['', '{', 'undefined', '\0', '{"a":1}x'])('refuses the stored text %j, without showing it', (text) => {
    expect(() => decodeJson(text, 'my-key', 'get')).toThrow(
      expect.objectContaining({ redisErrorKind: 'serialization', message: expect.stringContaining('"my-key"') }),
    );
  });
});

describe('an encoded id', () => {
  const ids = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', '%', '2', ':', '{', '*', '?', '\\', '\0', '\ud800', '\udc00', 'é') }),
  );

  it('is different for different ids', () => {
    fc.assert(
      fc.property(ids, ids, (one, two) => {
        expect(encodeId(one) === encodeId(two)).toBe(one === two);
      }),
    );
  });

  it('holds nothing that a key, a pattern or a hash tag would read', () => {
    fc.assert(fc.property(ids, (id) => expect(encodeId(id)).toMatch(/^[\w.~%-]*$/)));
  });

  it('leaves plain ids as they are', () => {
    expect(encodeId('user-42_A.b~c')).toBe('user-42_A.b~c');
    expect(encodeId('a:b/é')).toBe('a%3Ab%2F%C3%A9');
  });
});

describe('a glob pattern of text', () => {
  it('escapes what Redis reads as a pattern', () => {
    expect(escapeGlob('a*b?c[d-e]^\\')).toBe('a\\*b\\?c\\[d\\-e\\]\\^\\\\');
    expect(escapeGlob('plain:key')).toBe('plain:key');
  });
});

describe('replies', () => {
  it('are read alike, whatever the protocol and the driver', () => {
    const record = { a: '1', b: '2' };
    expect(toRecord(['a', '1', 'b', '2'])).toEqual(record);
    expect(
      toRecord(
        new Map([
          ['a', '1'],
          ['b', '2'],
        ]),
      ),
    ).toEqual(record);
    expect(toRecord(record)).toEqual(record);
    expect(toText(Buffer.from('ü'))).toBe('ü');
    expect(toTextOrNull(null)).toBeNull();
    expect(toTexts([Buffer.from('a'), 'b'])).toEqual(['a', 'b']);
    expect([toInteger(3), toInteger('-3'), toInteger(3n)]).toEqual([3, -3, 3]);
    expect([isOk('OK'), isOk(null), isOne(1), isOne(0)]).toEqual([true, false, true, false]);
    expect(toScanPage(['0', ['a']])).toEqual({ cursor: '0', keys: ['a'] });
  });

  it.each<[string, () => unknown]>([
    ['a number for text', () => toText(1)],
    ['a list for text or null', () => toTextOrNull(['a'])],
    ['text for a list', () => toTexts('a')],
    ['a list of numbers for texts', () => toTexts([1])],
    ['text for a number', () => toInteger('OK')],
    ['null for a number', () => toInteger(null)],
    ['another text for OK', () => isOk('stray')],
    ['a number for a hash', () => toRecord(1)],
    ['an odd list for a hash', () => toRecord(['a'])],
    ['null for a hash', () => toRecord(null)],
    ['text for a page', () => toScanPage('0')],
  ])('that cannot be the answer are refused, without being shown: %s', (_what, read) => {
    expect(read).toThrow(/^The reply is not .*, so it is not the answer/);
    expect(read).not.toThrow(/stray/);
  });
});
