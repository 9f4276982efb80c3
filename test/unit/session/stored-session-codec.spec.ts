import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { HEADER_LENGTH, expiryText, parseStored } from '../../../lib/session/stored-session.codec.js';
import { liveEntry, tombstone, versionOf } from './entries.js';

const header = (version: string, expiryVersion: string, expiresAt: number): string =>
  `s1${version}${expiryVersion}${expiryText(expiresAt)}`;

describe('parseStored', () => {
  it('reads a live session and a tombstone', () => {
    const text = header(versionOf(7), versionOf(7), 1_234);
    expect(text).toHaveLength(HEADER_LENGTH);
    expect(parseStored(`${text}{"n":7}`)).toEqual(liveEntry(7, 1_234));
    expect(parseStored(text)).toEqual(tombstone(7, 1_234));
  });

  it('gives the data as it is, line breaks and emoji included', () => {
    const text = header(versionOf(1), versionOf(2), 1);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (data) =>
        expect(parseStored(text + data)?.data).toBe(data),
      ),
    );
  });

  it('takes no other text for a session, and throws at none', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(parseStored(text)).toBeUndefined()));
    const good = header(versionOf(1), versionOf(1), 1);
    for (let length = 0; length < HEADER_LENGTH; length += 1)
      expect(parseStored(good.slice(0, length))).toBeUndefined();
    expect(parseStored(`s2${good.slice(2)}{}`)).toBeUndefined();
    expect(parseStored(` ${good}{}`)).toBeUndefined();
    expect(parseStored(header('f'.repeat(24), versionOf(1), 1))).toBeUndefined();
  });
});
