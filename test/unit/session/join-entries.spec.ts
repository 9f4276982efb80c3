import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SessionEntry } from '../../../lib/session/interfaces/session-entry.interface.js';
import { covers, isTombstone, joinEntries } from '../../../lib/session/join-entries.js';
import { versionOf } from './entries.js';

/** Data follows from the version, as it does in life: no two changes share one. */
const entries: fc.Arbitrary<SessionEntry> = fc
  .record({ version: fc.nat(5), later: fc.integer({ min: -2, max: 3 }), expiresAt: fc.nat(10), dead: fc.boolean() })
  .map(({ version, later, expiresAt, dead }) => ({
    version: versionOf(version),
    expiryVersion: versionOf(Math.max(0, version + later)),
    expiresAt,
    data: dead && version === 5 ? undefined : `{"v":${version}}`,
  }));

describe('joinEntries', () => {
  it('gives the same whichever comes first', () => {
    fc.assert(fc.property(entries, entries, (a, b) => expect(joinEntries(a, b)).toEqual(joinEntries(b, a))));
  });

  it('changes nothing when repeated', () => {
    fc.assert(
      fc.property(entries, entries, (a, b) => {
        const joined = joinEntries(a, b);
        expect(joinEntries(joined, a)).toEqual(joined);
        expect(joinEntries(joined, joined)).toEqual(joined);
      }),
    );
  });

  it('ends with the newest data, or a tombstone, in whatever order changes arrive', () => {
    fc.assert(
      fc.property(fc.array(entries, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat()), (all, random) => {
        const keyed = all.map((entry) => ({ entry, key: random.next().value }));
        const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ entry }) => entry);
        const [joined, other] = [all.reduce(joinEntries), shuffled.reduce(joinEntries)];
        expect(other.data).toEqual(joined.data);
        expect(other.version).toEqual(joined.version);
        expect(isTombstone(joined)).toBe(all.some(isTombstone));
      }),
    );
  });

  it('covers both of its parts', () => {
    fc.assert(fc.property(entries, entries, (a, b) => expect(covers(joinEntries(a, b), joinEntries(b, a))).toBe(true)));
  });

  const base = { version: versionOf(1), expiryVersion: versionOf(1), expiresAt: 100, data: '{}' };

  it('lets a newer set shorten the life of a session', () => {
    const newer = { version: versionOf(2), expiryVersion: versionOf(2), expiresAt: 50, data: '{}' };
    expect(joinEntries(base, newer).expiresAt).toBe(50);
  });

  it('keeps a touch that was made after the newer set', () => {
    const touched = { ...base, expiryVersion: versionOf(3) };
    const newer = { version: versionOf(2), expiryVersion: versionOf(2), expiresAt: 50, data: '{"new":1}' };
    expect(joinEntries(newer, touched)).toEqual({
      version: versionOf(2),
      expiryVersion: versionOf(3),
      expiresAt: 100,
      data: '{"new":1}',
    });
  });

  it('keeps a touch that a newer change did not see, which left the end as it found it', () => {
    const touched = { ...base, expiryVersion: versionOf(2), expiresAt: 500 };
    const changed = { version: versionOf(3), expiryVersion: versionOf(1), expiresAt: 100, data: '{"new":1}' };
    const joined = { ...changed, expiryVersion: versionOf(2), expiresAt: 500 };
    expect(joinEntries(touched, changed)).toEqual(joined);
    expect(joinEntries(joinEntries(base, changed), touched)).toEqual(joined);
    const set = { ...changed, expiryVersion: versionOf(3) };
    expect(joinEntries(touched, set)).toEqual(set);
  });

  it('lets a touch lengthen, never shorten', () => {
    const earlier = { ...base, expiryVersion: versionOf(2), expiresAt: 10 };
    expect(joinEntries(base, earlier).expiresAt).toBe(100);
  });

  it('remembers a tombstone for as long as the session was promised', () => {
    const dead = { version: versionOf(2), expiryVersion: versionOf(2), expiresAt: 50, data: undefined };
    const late = { version: versionOf(9), expiryVersion: versionOf(9), expiresAt: 200, data: '{"late":1}' };
    expect(joinEntries(joinEntries(base, dead), late)).toMatchObject({ data: undefined, expiresAt: 200 });
  });
});
