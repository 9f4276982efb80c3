import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SessionEntry } from '../../../lib/session/index.js';
import { HEADER_LENGTH, expiryText, parseStored } from '../../../lib/session/stored-session.codec.js';
import { liveEntry, tombstone, versionOf } from './entries.js';

const HASH = '0123456789ab';
const LATEST = versionOf(100);

const header = (version: string, expiryVersion: string, expiresAt: number): string =>
  `s1${version}${expiryVersion}${expiryText(expiresAt)}${HASH}`;
const parse = (text: string): SessionEntry | undefined => parseStored(text, HASH, LATEST);

describe('parseStored', () => {
  it('reads a live session and a tombstone', () => {
    const text = header(versionOf(7), versionOf(7), 1_234);
    expect(text).toHaveLength(HEADER_LENGTH);
    expect(parse(`${text}{"n":7}`)).toEqual(liveEntry(7, 1_234));
    expect(parse(text)).toEqual(tombstone(7, 1_234));
  });

  it('gives the data as it is, line breaks and emoji included', () => {
    const text = header(versionOf(1), versionOf(2), 1);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (data) => expect(parse(text + data)?.data).toBe(data)),
    );
  });

  it('takes the text of another session for none of this one', () => {
    const text = `${header(versionOf(7), versionOf(7), 1_234)}{"n":7}`;
    expect(parseStored(text, 'ba9876543210', LATEST)).toBeUndefined();
  });

  it('takes a version past the latest that is believed for none', () => {
    expect(parse(header(versionOf(100), versionOf(100), 1))).toEqual(tombstone(100, 1));
    expect(parse(header(versionOf(101), versionOf(100), 1))).toBeUndefined();
    expect(parse(header(versionOf(100), versionOf(101), 1))).toBeUndefined();
  });

  it('takes no other text for a session, and throws at none', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(parse(text)).toBeUndefined()));
    const good = header(versionOf(1), versionOf(1), 1);
    for (let length = 0; length < HEADER_LENGTH; length += 1) expect(parse(good.slice(0, length))).toBeUndefined();
    expect(parse(`s2${good.slice(2)}{}`)).toBeUndefined();
    expect(parse(` ${good}{}`)).toBeUndefined();
    expect(parse(header('f'.repeat(24), versionOf(1), 1))).toBeUndefined();
  });
});
