import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp, expectQuiet } from './session-app.js';
import { storedData } from './stored-session.js';

const WELL = { tier: 'redis', degraded: false };
const KEY = 'dialog:session:';

interface Refusal {
  readonly name: string;
  readonly begin: (server: RedisTestServer) => Promise<unknown>;
  readonly end: (server: RedisTestServer) => Promise<unknown>;
  /** Whether the server still frees memory, so that a logout gets through. */
  readonly takesLogouts: boolean;
}

const REFUSALS: readonly Refusal[] = [
  {
    name: 'out of memory',
    begin: (server) => server.command('CONFIG', 'SET', 'maxmemory', 1),
    end: (server) => server.command('CONFIG', 'SET', 'maxmemory', 0),
    takesLogouts: true,
  },
  {
    name: 'unable to persist',
    begin: async (server) => {
      await server.command('CONFIG', 'SET', 'dir', '/proc');
      await server.command('BGSAVE');
      await eventually(async () => String(await server.command('INFO')).includes('rdb_last_bgsave_status:err'));
    },
    end: (server) => server.command('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no'),
    takesLogouts: false,
  },
  {
    name: 'read-only',
    begin: (server) => server.command('REPLICAOF', '127.0.0.1', 1),
    end: (server) => server.command('REPLICAOF', 'NO', 'ONE'),
    takesLogouts: false,
  },
  {
    name: 'without its replicas',
    begin: (server) => server.command('CONFIG', 'SET', 'min-replicas-to-write', 1),
    end: (server) => server.command('CONFIG', 'SET', 'min-replicas-to-write', 0),
    takesLogouts: false,
  },
  {
    name: 'without permission to write',
    begin: (server) => server.command('ACL', 'SETUSER', server.user, '-@write', '-@scripting'),
    end: (server) => server.command('ACL', 'SETUSER', server.user, '+@all'),
    takesLogouts: false,
  },
];

const CONFIG = ['save 3600 100000', 'enable-protected-configs yes'];

describeEachDriver('SessionStore on a Redis that takes no writes', (driver) => {
  let sentinel: ProcessSentinel;
  let server: RedisTestServer;
  let app: SessionApp;
  let other: SessionApp;

  beforeEach(async () => {
    sentinel = ProcessSentinel.start();
    server = await RedisTestServer.start({ config: CONFIG });
    app = await SessionApp.start(driver, server);
    other = await SessionApp.start(driver, server);
  });
  afterEach(async () => {
    await app.stop();
    await other.stop();
    await server.stop();
    await expectQuiet(sentinel);
  });

  describe.each(REFUSALS)('$name', ({ begin, end, takesLogouts }) => {
    it('reads from Redis, keeps writes, and replays them when it takes them again', async () => {
      await app.sessions.set('mine', { n: 1 });
      await app.sessions.set('logout', { n: 1 });
      await other.sessions.set('theirs', { n: 1 });
      await begin(server);
      expect(await app.sessions.set('mine', { n: 2 })).toBe(true);
      expect(await app.sessions.set('new', { n: 1 })).toBe(true);
      await app.sessions.destroy('logout');
      expect(app.sessions.status()).toMatchObject({ degraded: true, dirty: takesLogouts ? 2 : 3 });
      expect(await app.sessions.get('mine')).toEqual({ n: 2 });
      expect(await app.sessions.get('new')).toEqual({ n: 1 });
      expect(await app.sessions.get('logout')).toBeUndefined();
      // Where the socket is opened anew, in the hope of another server, this node cannot know for a moment.
      expect(await eventually(() => app.sessions.get('theirs'))).toEqual({ n: 1 });
      await end(server);
      await app.until(WELL);
      expect(await storedData(server, `${KEY}mine`)).toBe('{"n":2}');
      expect(await storedData(server, `${KEY}new`)).toBe('{"n":1}');
      expect(await other.sessions.get('logout')).toBeUndefined();
      expect(app.sessions.status().dirty).toBe(0);
    });
  });

  it('destroys and touches while out of memory, on every node', async () => {
    await app.sessions.set('logout', { n: 1 }, { ttlMs: 60_000 });
    await app.sessions.set('longer', { n: 1 }, { ttlMs: 60_000 });
    await server.command('CONFIG', 'SET', 'maxmemory', 1);
    await app.sessions.destroy('logout');
    expect(await app.sessions.touch('longer', { ttlMs: 600_000 })).toBe(true);
    expect(await other.sessions.get('logout')).toBeUndefined();
    expect(await server.command('PTTL', `${KEY}longer`)).toBeGreaterThan(590_000);
    expect(app.sessions.status()).toMatchObject({ tier: 'redis', degraded: false, dirty: 0 });
    await server.command('CONFIG', 'SET', 'maxmemory', 0);
  });
});
