import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { defineScript } from '../../../lib/commands/define-script.js';
import type { RedisScript } from '../../../lib/interfaces/redis-commands.interface.js';
import { joinEntries } from '../../../lib/session/join-entries.js';
import type { SessionEntry } from '../../../lib/session/index.js';
import { hashSessionId } from '../../../lib/session/session-id.util.js';
import { HEADER_LENGTH } from '../../../lib/session/stored-session.codec.js';
import { RedisTier } from '../../../lib/session/redis.tier.js';
import { TOUCH_SCRIPT } from '../../../lib/session/session.scripts.js';
import { TaggedScripts } from '../../../lib/session/tagged-scripts.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';
import { storedText } from './stored-session.js';

const NOW = 1_000_000_000_000;
const MINUTE = 60_000;

const versionOf = (n: number): string => `${n.toString(16).padStart(12, '0')}00000000000a`;

/** Whole minutes, so that the milliseconds a test takes never decide what is longer. */
const entries: fc.Arbitrary<SessionEntry> = fc
  .record({
    version: fc.nat(6),
    later: fc.integer({ min: -3, max: 3 }),
    minutes: fc.integer({ min: 1, max: 9 }),
    dead: fc.boolean(),
  })
  .map(({ version, later, minutes, dead }) => ({
    version: versionOf(version),
    expiryVersion: versionOf(Math.max(0, version + later)),
    expiresAt: NOW + minutes * MINUTE,
    data: dead && version === 6 ? undefined : `{"n":${version}}`,
  }));

/** The script as a server runs it that has no EXPIRE GT, and does not tell its version. */
function beforeRedis7(script: RedisScript): RedisScript {
  expect(script.lua).toContain('redis.REDIS_VERSION_NUM');
  return defineScript(script.name, script.lua.replaceAll('redis.REDIS_VERSION_NUM', 'nil').replaceAll("'GT'", 'nil'));
}

describeEachDriver('the session scripts', (driver) => {
  let server: RedisTestServer;
  let app: SessionApp;
  let tier: RedisTier;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await SessionApp.start(driver, server);
    tier = new RedisTier(
      app.connection.commands,
      new TaggedScripts(app.connection.commands, () => undefined),
      'dialog:session:p:',
      () => NOW,
    );
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  it('join entries exactly as joinEntries does, in any order, late and twice', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(entries, { minLength: 1, maxLength: 6 }), async (all) => {
        const id = `join${(run += 1)}`;
        const steps = [...all, ...all.slice(0, 2)];
        for (const entry of steps) await tier.put(id, entry);
        const wanted = steps.reduce(joinEntries);
        const stored = await tier.get(id);
        expect({ version: stored?.version, data: stored?.data }).toEqual({
          version: wanted.version,
          data: wanted.data,
        });
        const left = Number(await server.command('PTTL', `dialog:session:p:${id}`));
        expect(Math.ceil(left / MINUTE)).toBe((wanted.expiresAt - NOW) / MINUTE);
        // A tombstone's own dates matter to nobody: its key's time to live is what counts.
        expect(wanted.data === undefined ? wanted : stored).toEqual(wanted);
      }),
      { numRuns: 150 },
    );
  });

  it('say what became of a change', async () => {
    const entry = { version: versionOf(5), expiryVersion: versionOf(5), expiresAt: NOW + MINUTE, data: '{}' };
    const older = { ...entry, version: versionOf(4), expiryVersion: versionOf(4) };
    expect(await tier.touch('told', { version: versionOf(6), expiresAt: NOW + MINUTE })).toMatchObject({
      status: 'missing',
    });
    expect(await tier.put('told', entry)).toEqual({ status: 'applied', version: versionOf(5) });
    expect(await tier.put('told', entry)).toEqual({ status: 'applied', version: versionOf(5) });
    expect(await tier.put('told', older)).toEqual({ status: 'stale', version: versionOf(5) });
    expect(await tier.touch('told', { version: versionOf(4), expiresAt: NOW })).toMatchObject({ status: 'stale' });
    expect(await tier.put('told', { ...older, data: undefined })).toEqual({ status: 'applied', version: versionOf(5) });
    expect(await tier.put('told', { ...entry, version: versionOf(9) })).toEqual({
      status: 'gone',
      version: versionOf(5),
    });
    expect(await tier.touch('told', { version: versionOf(9), expiresAt: NOW })).toMatchObject({ status: 'gone' });
  });

  it.each<[string, (text: string) => string]>([
    ['of another form', (text) => text.replace('s1', 's2')],
    ['of another session', (text) => text.replace(hashSessionId('odd'), '0'.repeat(12))],
    ['with an odd letter in its version', (text) => text.replace(versionOf(9), versionOf(9).replace('a', 'A'))],
    ['with a version past all that is believed', (text) => text.replace(versionOf(9), 'f'.repeat(24))],
    ['with an end that is no number', (text) => text.replace(String(NOW), 'a'.repeat(13))],
    ['that was cut off', (text) => text.slice(0, HEADER_LENGTH - 1)],
    ['that is a tombstone of another form', (text) => text.slice(0, HEADER_LENGTH).replace('s1', 's2')],
  ])('count what is stored as nothing: %s', async (_what, damage) => {
    const key = 'dialog:session:p:odd';
    const text = storedText('odd', versionOf(9), versionOf(9), NOW, '{"n":9}');
    const store = () => server.command('SET', key, damage(text), 'PX', MINUTE);
    const entry = { version: versionOf(5), expiryVersion: versionOf(5), expiresAt: NOW + MINUTE, data: '{"n":5}' };
    await store();
    expect((await tier.touch('odd', { version: versionOf(10), expiresAt: NOW + 9 * MINUTE })).status).toBe('missing');
    expect((await tier.putIf('odd', entry, versionOf(9))).status).toBe('conflict');
    expect(await server.command('GET', key)).toBe(damage(text));
    expect(await tier.put('odd', entry)).toEqual({ status: 'applied', version: versionOf(5) });
    expect(await tier.get('odd')).toEqual(entry);
    await store();
    expect((await tier.put('odd', { ...entry, data: undefined })).version).toBe(versionOf(5));
    expect(await tier.get('odd')).toMatchObject({ data: undefined });
  });

  it('replace an older session by one that has ended since, without showing it', async () => {
    const older = { version: versionOf(1), expiryVersion: versionOf(1), expiresAt: NOW + MINUTE, data: '{"n":1}' };
    const ended = { version: versionOf(2), expiryVersion: versionOf(2), expiresAt: NOW - 1, data: '{"n":2}' };
    for (let run = 0; run < 20; run += 1) {
      await tier.put(`ended${run}`, older);
      const [outcome, seen] = await Promise.all([tier.put(`ended${run}`, ended), tier.get(`ended${run}`)]);
      expect([outcome.status, seen]).toEqual(['applied', undefined]);
    }
  });

  it.each([
    ['as it is', TOUCH_SCRIPT],
    ['before Redis 7', beforeRedis7(TOUCH_SCRIPT)],
  ])('lengthen a life, and never shorten one: %s', async (_when, script) => {
    const id = 'longer';
    const key = `dialog:session:p:${id}`;
    const touch = (version: number, ttlMs: number) => {
      const header = storedText(id, versionOf(version), versionOf(version), NOW + ttlMs, '');
      return app.connection.commands.runScript(script, [key], ['tag', header, ttlMs, 'f'.repeat(24)]);
    };
    const leftMinutes = async () => Math.ceil(Number(await server.command('PTTL', key)) / MINUTE);
    await server.command('SET', key, storedText(id, versionOf(1), versionOf(1), NOW, '{}'), 'PX', 5 * MINUTE);
    expect(await touch(2, 3 * MINUTE)).toBe(`tag applied ${versionOf(1)}`);
    expect(await leftMinutes()).toBe(5);
    expect(await server.command('GET', key)).toBe(storedText(id, versionOf(1), versionOf(1), NOW, '{}'));
    expect(await touch(3, 9 * MINUTE)).toBe(`tag applied ${versionOf(1)}`);
    expect(await leftMinutes()).toBe(9);
    expect(await server.command('GET', key)).toBe(storedText(id, versionOf(1), versionOf(3), NOW + 9 * MINUTE, '{}'));
    await server.command('PERSIST', key);
    expect(await touch(4, 9 * MINUTE)).toBe(`tag applied ${versionOf(1)}`);
    expect(await server.command('PTTL', key)).toBe(-1);
  });

  it('survive a server that forgot them', async () => {
    await server.command('SCRIPT', 'FLUSH');
    expect(await app.sessions.set('forgotten', { n: 1 })).toBe(true);
    expect(app.sessions.status().degraded).toBe(false);
  });
});
