import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { BehaviourBed } from './behaviour-bed.js';
import { called, count, look, routes } from './behaviour-web.js';
import type { Act, BehaviourWeb } from './behaviour-web.js';

const WELL = { tier: 'redis', degraded: false, trusted: true };
const SITUATIONS = ['well', 'out'] as const;
const SLACK_MS = 5_000;

const destroy: Act = ({ session }) => called((callback) => session.destroy(callback));
const login: Act = async (request) => {
  await called((callback) => request.session.regenerate(callback));
  request.session.user = 'ada';
};
const save: Act = async ({ session }) => {
  await called((callback) => session.destroy(callback));
  session.n = 99;
  return called((callback) => session.save(callback));
};
const reload: Act = async (request) => {
  request.session.n = -1;
  await called((callback) => request.session.reload(callback));
  return look(request);
};
const age: Act = ({ session }) => void (session.cookie.maxAge = 900_000);
const all: Act = async ({ sessionStore }) => [
  await called<number>((callback) => sessionStore.length?.(callback)),
  (await called<unknown[]>((callback) => sessionStore.all?.(callback as never))).length,
];
const clear: Act = ({ sessionStore }) => called((callback) => sessionStore.clear?.(callback));
const whoami: Act = ({ session }) => session.user ?? 'nobody';
const ACTS = { '/count': count, '/look': look, '/destroy': destroy, '/login': login, '/save': save, '/reload': reload };

describeEachDriver('express-session with Postgres behind Redis', (driver) => {
  let postgres: PostgresTestServer;
  let bed: BehaviourBed;

  beforeAll(async () => {
    postgres = await PostgresTestServer.start();
    bed = await BehaviourBed.start(driver, {
      options: { ttlMs: 50_000, fallback: [postgresTier({ connectionString: postgres.url }), memoryTier()] },
    });
  });
  afterAll(async () => {
    await bed.stop();
    await postgres.stop();
  });

  const serve = (): Promise<BehaviourWeb> =>
    bed.web(
      { cookie: { maxAge: 600_000 } },
      routes({ ...ACTS, '/age': age, '/all': all, '/clear': clear, '/whoami': whoami }),
    );
  /** What Postgres has of it: the data, and how long. */
  const row = async (id: string): Promise<{ n: unknown; leftMs: number } | undefined> => {
    const rows = await postgres.query<{ data: string | null; expires_at: string }>(
      'SELECT data, expires_at FROM redis_hub_sessions WHERE id = $1',
      [id],
    );
    const [found] = rows;
    if (found === undefined) return undefined;
    const data = found.data === null ? null : (JSON.parse(found.data) as { n?: number });
    return { n: data === null ? null : data.n, leftMs: Number(found.expires_at) - Date.now() };
  };

  describe.each(SITUATIONS)('and Redis %s', (situation) => {
    beforeAll(async () => {
      await bed.app.until(WELL);
      if (situation === 'well') return;
      await bed.server.kill();
      await bed.app.until({ tier: 'postgres' });
    });
    afterAll(async () => {
      if (situation === 'well') return;
      await bed.server.restart();
      await bed.app.until(WELL);
    });
    beforeEach(() => bed.app.sessions.clear());
    afterEach(() => bed.clean());

    it('keeps a session, in Postgres too', async () => {
      const visitor = (await serve()).visitor();
      expect([await visitor.value('/count'), await visitor.value('/count'), await visitor.value('/look')]).toEqual([
        1, 2, 2,
      ]);
      expect(await row(visitor.idOf())).toMatchObject({ n: 2 });
    });

    it('lets a session live as long as its cookie, and as a changed one', async () => {
      const visitor = (await serve()).visitor();
      await visitor.value('/count');
      expect((await row(visitor.idOf()))?.leftMs).toBeGreaterThan(600_000 - SLACK_MS);
      await visitor.value('/age');
      expect((await row(visitor.idOf()))?.leftMs).toBeGreaterThan(900_000 - SLACK_MS);
      expect(await visitor.value('/look')).toBe(1);
    });

    it('ends a session, which a save does not bring back', async () => {
      const visitor = (await serve()).visitor();
      for (const path of ['/destroy', '/save']) {
        await visitor.value('/count');
        const id = visitor.idOf();
        await visitor.value(path);
        expect(await row(id)).toMatchObject({ n: null });
        expect(await visitor.value('/look')).toBeNull();
      }
    });

    it('gives a login a new id, to which the old one does not lead', async () => {
      const visitor = (await serve()).visitor();
      await visitor.value('/count');
      const old = visitor.copy();
      await visitor.value('/login');
      expect([await visitor.value('/whoami'), await old.value('/whoami')]).toEqual(['ada', 'nobody']);
    });

    it('loads what is stored, lists it, and ends it', async () => {
      const web = await serve();
      const visitor = web.visitor();
      await visitor.value('/count');
      await web.visitor().value('/count');
      expect(await visitor.value('/reload')).toBe(1);
      expect(await visitor.value('/all')).toEqual([2, 2]);
      await web.visitor().value('/clear');
      expect(await visitor.value('/all')).toEqual([0, 0]);
      expect(await visitor.value('/look')).toBeNull();
    });

    it('keeps one of many changes at once, whole', async () => {
      const visitor = (await serve()).visitor();
      await visitor.value('/count');
      await Promise.all(Array.from({ length: 10 }, () => visitor.copy().value('/count')));
      const n = Number(await visitor.value('/look'));
      expect(n).toBeGreaterThan(1);
      expect(await row(visitor.idOf())).toMatchObject({ n });
    });
  });

  it('holds a login from before an outage through it, and after', async () => {
    await bed.app.until(WELL);
    const visitor = (await serve()).visitor();
    await visitor.value('/login');
    await visitor.value('/count');
    await bed.server.kill();
    await bed.app.until({ tier: 'postgres' });
    expect([await visitor.value('/whoami'), await visitor.value('/count')]).toEqual(['ada', 2]);
    await bed.server.restart();
    await bed.app.until(WELL);
    expect([await visitor.value('/whoami'), await visitor.value('/count')]).toEqual(['ada', 3]);
    expect(await bed.stored(visitor.idOf())).toMatchObject({ user: 'ada', n: 3 });
    await bed.clean();
  });
});
