import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isHeaderCookie, isSameCookie } from '../../../lib/session/fastify-cookie.util.js';
import { ttlOfCookie } from '../../../lib/session/session-cookie.util.js';
import { SESSION_LIMITS } from '../../../lib/session/session.constants.js';

const HOUR_MS = 3_600_000;
const CLOCK_MS = 5_000;

describe('ttlOfCookie', () => {
  it.each<[string, unknown, number | undefined]>([
    ['no cookie', undefined, undefined],
    ['null', null, undefined],
    ['a cookie without an end', {}, undefined],
    ['an end of null', { expires: null, originalMaxAge: null }, undefined],
    ['an age', { originalMaxAge: HOUR_MS }, HOUR_MS],
    ['an age of text', { originalMaxAge: '5' }, undefined],
    ['an age past all bounds', { originalMaxAge: 1e300 }, SESSION_LIMITS.ttlMs],
    ['an age that is no number', { originalMaxAge: Number.NaN }, undefined],
    ['an age of a part of a millisecond', { originalMaxAge: 0.2 }, 1],
    ['an age that is over', { originalMaxAge: -1 }, -1],
    ['an end that is no date', { expires: 'soon', originalMaxAge: HOUR_MS }, HOUR_MS],
    ['an end that is a record', { expires: {}, originalMaxAge: HOUR_MS }, HOUR_MS],
    ['an end past all bounds', { expires: new Date(8.64e15) }, SESSION_LIMITS.ttlMs],
  ])('of %s', (_what, cookie, ttlMs) => {
    expect(ttlOfCookie(cookie as never)).toBe(ttlMs);
  });

  it('goes by the end before the age, as a date or as text', () => {
    const expires = new Date(Date.now() + HOUR_MS);
    for (const end of [expires, expires.toISOString()]) {
      const ttlMs = ttlOfCookie({ expires: end, originalMaxAge: 5 });
      expect(ttlMs).toBeGreaterThan(HOUR_MS - CLOCK_MS);
      expect(ttlMs).toBeLessThanOrEqual(HOUR_MS);
    }
  });

  it('gives a whole number that a session may live, or one that is over, or nothing, whatever it is given', () => {
    fc.assert(
      fc.property(fc.record({ expires: fc.anything({ withDate: true }), originalMaxAge: fc.anything() }), (cookie) => {
        const ttlMs = ttlOfCookie(cookie);
        expect(ttlMs === undefined || (Number.isInteger(ttlMs) && ttlMs <= SESSION_LIMITS.ttlMs)).toBe(true);
      }),
    );
  });
});

describe('isHeaderCookie, of @fastify/session', () => {
  it.each<[string, object]>([
    ['nothing', {}],
    ['what the plugin makes', { path: '/', domain: null, sameSite: null, expires: null, originalMaxAge: null }],
    ['a domain', { domain: '.example.org' }],
    ['sameSite: true', { sameSite: true }],
    ['sameSite in capitals', { sameSite: 'Lax' }],
    ['an end in text', { expires: new Date().toISOString() }],
    ['an age', { originalMaxAge: HOUR_MS }],
  ])('is true of %s', (_what, cookie) => {
    expect(isHeaderCookie(cookie)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['text', 'path=/'],
    ['a path with a line', { path: '/\r\nset-cookie: a=b' }],
    ['a path with another attribute', { path: '/; domain=example.org' }],
    ['a path that is a record', { path: { toString: () => '/' } }],
    ['a domain with a space', { domain: 'exa mple.org' }],
    ['a foreign sameSite', { sameSite: 'laxer' }],
    ['an end that is no date', { expires: 'soon' }],
    ['an end before all calendars', { expires: new Date(-8.64e15) }],
    ['an age of text', { maxAge: 'old' }],
    ['an age past all calendars', { originalMaxAge: 1e300 }],
  ])('is false of %s', (_what, cookie) => {
    expect(isHeaderCookie(cookie as never)).toBe(false);
  });
});

describe('isSameCookie, of @fastify/session', () => {
  const cookie = { path: '/', originalMaxAge: HOUR_MS, expires: new Date(0), originalExpires: new Date(0) };
  const stored = JSON.parse(JSON.stringify(cookie)) as typeof cookie;

  it('is true of one that only grew older', () => {
    expect(isSameCookie(stored, { ...cookie, expires: new Date(HOUR_MS) })).toBe(true);
  });

  it.each<[string, object]>([
    ['another age', { ...cookie, originalMaxAge: 5 }],
    ['another path', { ...cookie, path: '/a' }],
    ['an end of its own', { ...cookie, originalMaxAge: null }],
  ])('is false of %s', (_what, changed) => {
    expect(isSameCookie(stored, changed)).toBe(false);
  });

  it('is false where none was stored, and where a fixed end was moved', () => {
    expect(isSameCookie(undefined, cookie)).toBe(false);
    const fixed = { ...cookie, originalMaxAge: null };
    expect(isSameCookie(JSON.parse(JSON.stringify(fixed)) as typeof fixed, fixed)).toBe(true);
    expect(isSameCookie(fixed, { ...fixed, expires: new Date(1) })).toBe(false);
  });
});
