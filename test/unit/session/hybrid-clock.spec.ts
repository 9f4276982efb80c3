import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { HybridClock, isVersion, latestVersion } from '../../../lib/session/hybrid-clock.js';

/** Until 2065: no two of them are further apart than is believed. */
const wallClocks = fc.array(fc.integer({ min: 0, max: 3_000_000_000_000 }), { minLength: 2, maxLength: 60 });

describe('HybridClock', () => {
  it('makes versions that only ever grow as text, however the system clock jumps', () => {
    fc.assert(
      fc.property(wallClocks, (times) => {
        let now = 0;
        const clock = new HybridClock('0000000a', () => now);
        const versions = times.map((time) => {
          now = time;
          return clock.next();
        });
        expect(versions.every(isVersion)).toBe(true);
        expect([...new Set(versions)].toSorted()).toEqual(versions);
      }),
    );
  });

  it('makes a version after every one that it observed, whatever its own clock says', () => {
    fc.assert(
      fc.property(wallClocks, fc.nat(3_000_000_000_000), (others, own) => {
        let now = 0;
        const other = new HybridClock('ffffffff', () => now);
        const clock = new HybridClock('00000000', () => own);
        for (const time of others) {
          now = time;
          const seen = other.next();
          clock.observe(seen);
          expect(clock.next() > seen).toBe(true);
        }
      }),
    );
  });

  it('makes versions that grow and keep their form, whatever versions it is shown', () => {
    const shown = fc.stringMatching(/^[0-7][0-9a-f]{23}$/);
    fc.assert(
      fc.property(fc.array(shown, { minLength: 1 }), fc.nat(3_000_000_000_000), (versions, now) => {
        const clock = new HybridClock('0000000a', () => now);
        const made = ['7'.padEnd(24, 'f'), ...versions].map((version) => {
          clock.observe(version);
          const next = clock.next();
          if (version <= latestVersion(now)) expect(next > version).toBe(true);
          return next;
        });
        expect(made.every(isVersion)).toBe(true);
        expect([...new Set(made)].toSorted()).toEqual(made);
      }),
    );
  });

  it('stays in its form at the end of time', () => {
    const clock = new HybridClock('0000000a', () => Number.MAX_SAFE_INTEGER);
    for (let i = 0; i < 0x1_0000 + 10; i += 1) if (!isVersion(clock.next())) throw new Error('no version');
    expect(latestVersion(Number.MAX_SAFE_INTEGER)).toBe('7'.padEnd(24, 'f'));
  });

  it('never gives two nodes the same version', () => {
    const clocks = Array.from({ length: 20 }, () => new HybridClock(undefined, () => 1_000));
    const versions = clocks.flatMap((clock) => Array.from({ length: 50 }, () => clock.next()));
    expect(new Set(versions).size).toBe(1_000);
  });

  it('keeps the width when a millisecond has more changes than its counter', () => {
    const clock = new HybridClock('0000000a', () => 5);
    let last = clock.next();
    for (let i = 0; i < 0x1_0000 + 10; i += 1) {
      const next = clock.next();
      if (next <= last || next.length !== 24) throw new Error(`${next} after ${last}`);
      last = next;
    }
    expect(last.startsWith('000000000006')).toBe(true);
  });

  it('starts at the time of day', () => {
    expect(new HybridClock('0000000a', () => 0xabc).next()).toBe('000000000abc00000000000a');
  });

  it.each(['', 'zzz', 'f'.repeat(24), `${'0'.repeat(23)}G`, '0'.repeat(25)])(
    'passes over %p, which is no version',
    (text) => {
      const clock = new HybridClock('0000000a', () => 7);
      clock.observe(text);
      expect(isVersion(text)).toBe(false);
      expect(clock.next()).toBe('00000000000700000000000a');
    },
  );
});
