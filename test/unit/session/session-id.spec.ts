import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { assertSessionId, hashSessionId } from '../../../lib/session/session-id.util.js';
import { encodeId } from '../../../lib/utils/encode-id.js';

/** Any UTF-16 text, lone surrogates included. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units));

describe('encodeId', () => {
  it('leaves the ids that express-session makes as they are', () => {
    expect(encodeId('aZ09-_QmFzZTY0dXJs')).toBe('aZ09-_QmFzZTY0dXJs');
  });

  it.each([
    ['a*b?[c]', 'a%2Ab%3F%5Bc%5D'],
    ['{slot}', '%7Bslot%7D'],
    ['a\0b\n', 'a%00b%0A'],
    ['100%', '100%25'],
    ['😀', '%F0%9F%98%80'],
    ['\ud800', '%ED%A0%80'],
    ['\udfff!', '%ED%BF%BF%21'],
  ])('encodes %j', (id, encoded) => {
    expect(encodeId(id)).toBe(encoded);
  });

  it('gives different ids different texts, of harmless characters only', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(encodeId(a)).toMatch(/^[A-Za-z0-9\-_.~%]*$/);
        expect(encodeId(a) === encodeId(b)).toBe(a === b);
      }),
    );
  });

  it('agrees with decodeURIComponent where that is defined', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (id) => expect(decodeURIComponent(encodeId(id))).toBe(id)));
  });
});

describe('assertSessionId', () => {
  it.each([
    ['', 'one of 0'],
    ['x'.repeat(1_025), 'one of 1025'],
    [undefined, 'type undefined'],
    [7, 'type number'],
    [{}, 'type object'],
  ])('refuses an id that is none', (id, text) => {
    expect(() => assertSessionId(id, 'session.get')).toThrow(
      expect.objectContaining({ redisErrorKind: 'serialization', message: expect.stringContaining(text) }),
    );
  });

  it('takes 1 to 1024 characters', () => {
    expect(() => assertSessionId('x', 'session.get')).not.toThrow();
    expect(() => assertSessionId('\ud800'.repeat(1_024), 'session.get')).not.toThrow();
  });
});

describe('hashSessionId', () => {
  it('is short, stable, and tells ids apart without showing them', () => {
    expect(hashSessionId('secret-id')).toMatch(/^[0-9a-f]{12}$/);
    expect(hashSessionId('secret-id')).toBe(hashSessionId('secret-id'));
    expect(hashSessionId('\ud800')).not.toBe(hashSessionId('\ud801'));
  });
});
