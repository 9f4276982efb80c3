import { describe, expect, it } from '@jest/globals';
import session from 'express-session';
import type { Cookie, SessionData } from 'express-session';
import { LoadedCookies, isHeaderCookie } from '../../../lib/session/express-cookie.util.js';

const HOUR_MS = 3_600_000;

describe('isHeaderCookie, of express-session', () => {
  it.each<[string, object]>([
    ['nothing', {}],
    ['what the middleware makes', { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }],
    ['an age and an end', { originalMaxAge: HOUR_MS, expires: new Date(0), httpOnly: false, path: '/' }],
    ['sameSite', { sameSite: 'lax' }],
    ['sameSite: true', { sameSite: true }],
    ['sameSite in capitals', { sameSite: 'Strict' }],
    ['another path and a domain', { path: '/a', domain: 'example.org' }],
    ['priority and partitioned', { priority: 'high', partitioned: true }],
  ])('is true of %s', (_what, cookie) => {
    expect(isHeaderCookie(cookie as Cookie)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['text', 'path=/'],
    ['a path with a line', { path: '/\r\nset-cookie: a=b' }],
    ['a foreign sameSite', { sameSite: 'laxer' }],
    ['a foreign priority', { priority: 'most' }],
    ['an end that is no date', { expires: 'soon' }],
    ['an end that is an impossible date', { expires: new Date(Number.NaN) }],
    ['an age of text', { maxAge: 'old' }],
    ['a way of its own to be written', { serialize: 'by me' }],
  ])('is false of %s', (_what, cookie) => {
    expect(isHeaderCookie(cookie as Cookie)).toBe(false);
  });
});

describe('LoadedCookies', () => {
  const load = (): SessionData => {
    const cookie = new session.Cookie();
    cookie.maxAge = HOUR_MS;
    return { cookie };
  };

  it.each<[string, (cookie: Cookie) => void, boolean]>([
    ['nothing', () => undefined, false],
    ['the end, as each request does', (cookie) => (cookie.maxAge = HOUR_MS), false],
    ['the age', (cookie) => (cookie.maxAge = 2 * HOUR_MS), true],
    ['the age to none', (cookie) => (cookie.maxAge = null as never), true],
    ['the path', (cookie) => (cookie.path = '/a'), true],
    ['the domain', (cookie) => (cookie.domain = 'example.org'), true],
    ['secure', (cookie) => (cookie.secure = true), true],
    ['httpOnly', (cookie) => (cookie.httpOnly = false), true],
    ['sameSite', (cookie) => (cookie.sameSite = 'strict'), true],
    ['priority', (cookie) => Object.assign(cookie, { priority: 'high' }), true],
    ['partitioned', (cookie) => Object.assign(cookie, { partitioned: true }), true],
  ])('tell a session whose cookie had changed: %s', (_what, change, changed) => {
    const [cookies, data] = [new LoadedCookies(), load()];
    cookies.remember(data);
    change(data.cookie);
    expect(cookies.hasChanged(data)).toBe(changed);
  });

  it('know nothing of a session that was not loaded', () => {
    expect(new LoadedCookies().hasChanged(load())).toBe(false);
  });
});
