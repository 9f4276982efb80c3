import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FastifySessionStore } from '../../../lib/session/fastify.js';
import { describeEachDriver } from '../../support/drivers.js';
import { deferred, eventually, until } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { BehaviourBed } from './behaviour-bed.js';
import { called, count, look, routes } from './behaviour-web.js';
import type { Act, BehaviourWeb } from './behaviour-web.js';
import { expectQuiet } from './session-app.js';

const NAME = 'connect.sid';

/** As the error handler of the application sees it. */
const outage = (...kinds: string[]): unknown =>
  expect.objectContaining({ redisErrorKind: expect.stringMatching(new RegExp(`^(${kinds.join('|')})$`)) });

/** Of the error, its cause, the cause of that, and so on. */
function codesOf(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  return [(error as { code?: string }).code, ...codesOf(error.cause)];
}

describeEachDriver('express-session while the store fails', (driver) => {
  let sentinel: ProcessSentinel;
  let bed: BehaviourBed;

  beforeEach(async () => {
    sentinel = ProcessSentinel.start();
    bed = await BehaviourBed.start(driver, { options: { fallback: [] }, server: { appendonly: true } });
  });
  afterEach(async () => {
    await bed.clean();
    await bed.stop();
    await expectQuiet(sentinel);
  });

  const gone = async (): Promise<void> => {
    await bed.server.kill();
    await bed.app.until({ tier: 'none' });
  };
  const back = async (): Promise<void> => {
    await bed.server.restart();
    await bed.app.until({ tier: 'redis', degraded: false });
  };
  const seen = (web: BehaviourWeb, error: unknown): Promise<unknown> =>
    eventually(() => {
      expect(web.errors).toContainEqual(error);
      return true;
    });

  /** A request that is under way while `meanwhile` happens, after which the act goes on. */
  const during = (act: Act): { slow: Act; began: Promise<void>; go: () => void } => {
    const [began, ends] = [deferred(), deferred()];
    const slow: Act = async (request) => {
      began.resolve();
      await ends.promise;
      return act(request);
    };
    return { slow, began: began.promise, go: ends.resolve };
  };

  it('passes what fails for one session to next, and to nobody else', async () => {
    const web = await bed.web({}, count);
    const [visitor, other] = [web.visitor(), web.visitor()];
    await visitor.value();
    await other.value();
    await bed.spoil(visitor.idOf());
    const { status, body, cookies } = await visitor.get();
    expect([status, body.kind, cookies]).toEqual([503, 'wrong-type', {}]);
    expect(await other.value()).toBe(2);
    expect(web.errors).toHaveLength(1);
  });

  it.each<[string, Act]>([
    ['save', count],
    ['touch', look],
  ])('passes an error of %s at the end of a request to next, after the answer', async (_what, act) => {
    const { slow, began, go } = during(act);
    const web = await bed.web({}, routes({ '/count': count, '/slow': slow }));
    const visitor = web.visitor();
    await visitor.value('/count');
    const slowly = visitor.get('/slow');
    await began;
    await bed.spoil(visitor.idOf());
    go();
    expect((await slowly).status).toBe(200);
    await seen(web, outage('wrong-type'));
  });

  it.each<[string, Act]>([
    ['save', ({ session }) => called((callback) => session.save(callback))],
    ['reload', ({ session }) => called((callback) => session.reload(callback))],
    ['destroy', ({ session }) => called((callback) => session.destroy(callback))],
    ['regenerate', ({ session }) => called((callback) => session.regenerate(callback))],
  ])('gives an outage to the callback of %s, and has logged nobody out', async (_what, act) => {
    const { slow, began, go } = during(async (request) => {
      count(request);
      const error = (await Promise.resolve(act(request)).catch((reason: unknown) => reason)) as object | undefined;
      request.session = null as never;
      return error;
    });
    const web = await bed.web({}, routes({ '/count': count, '/slow': slow, '/look': look }));
    const visitor = web.visitor();
    await visitor.value('/count');
    const slowly = visitor.value('/slow');
    await began;
    await gone();
    go();
    expect(await slowly).toMatchObject({ redisErrorKind: 'unavailable' });
    await back();
    expect(await visitor.value('/look')).toBe(1);
  });

  it('passes an outage of unset: destroy to next', async () => {
    const { slow, began, go } = during((request) => void (request.session = null as never));
    const web = await bed.web({ unset: 'destroy' }, routes({ '/count': count, '/slow': slow, '/look': look }));
    const visitor = web.visitor();
    await visitor.value('/count');
    const slowly = visitor.get('/slow');
    await began;
    await gone();
    go();
    await slowly;
    await seen(web, outage('unavailable'));
    await back();
    expect(await visitor.value('/look')).toBe(1);
  });

  it('answers with an error within the deadline while Redis is frozen, and keeps the login', async () => {
    const quick = await BehaviourBed.start(driver, { options: { fallback: [] }, deadlineMs: 2_000 });
    const web = await quick.web({}, count);
    const visitor = web.visitor();
    await visitor.value();
    await quick.server.freeze();
    const { status, cookies } = await visitor.get();
    expect([status, cookies]).toEqual([503, {}]);
    expect(web.errors).toEqual([outage('command-timeout', 'unavailable')]);
    await quick.server.thaw();
    await quick.app.until({ tier: 'redis', degraded: false });
    expect(await visitor.value()).toBe(2);
    await quick.clean();
    await quick.stop();
  });

  describe('its events', () => {
    const isThere: Act = (request) => (request.session === undefined ? 'none' : count(request));

    it('disconnect and connect are said once each, and the middleware skips sessions between', async () => {
      const said: string[] = [];
      bed.store.on('disconnect', () => said.push('disconnect'));
      bed.store.on('connect', () => said.push('connect'));
      const visitor = (await bed.web({}, isThere)).visitor();
      expect(await visitor.value()).toBe(1);
      await Promise.all([until(bed.store, 'disconnect'), gone()]);
      expect([await visitor.value(), await visitor.value()]).toEqual(['none', 'none']);
      await Promise.all([until(bed.store, 'connect'), back()]);
      expect(await visitor.value()).toBe(2);
      expect(said).toEqual(['disconnect', 'connect']);
    });

    it('reach every middleware of the store, also one that is made during the outage', async () => {
      const [early, other] = [await bed.web({}, isThere), await bed.web({ name: 'other' }, isThere)];
      await gone();
      const late = await bed.web({ name: 'late' }, isThere);
      const visitors = [early, other, late].map((web) => web.visitor());
      for (const visitor of visitors) expect(await visitor.value()).toBe('none');
      await back();
      for (const visitor of visitors) expect(await visitor.value()).toBe(1);
    });

    it('are not said while a fallback tier answers', async () => {
      const withMemory = await BehaviourBed.start(driver);
      const said: string[] = [];
      withMemory.store.on('disconnect', () => said.push('disconnect'));
      const visitor = (await withMemory.web({}, isThere)).visitor();
      await visitor.value();
      await withMemory.server.kill();
      await withMemory.app.until({ tier: 'memory' });
      expect([await visitor.value(), said]).toEqual([2, []]);
      await withMemory.clean();
      await withMemory.stop();
    });
  });

  it('never gives the code of a missing session: not for a unix socket that is gone, and not in a cause', async () => {
    const socket = await BehaviourBed.start(driver, { options: { fallback: [] }, isSocket: true });
    await socket.server.kill();
    await rm(socket.server.socketPath, { force: true });
    await socket.app.until({ tier: 'none' });
    // what the connection says of itself may well name the file
    await eventually(() => codesOf(socket.app.connection.lastError).includes('ENOENT'));
    const fastify = new FastifySessionStore(socket.app.sessions);
    const stores = [socket.store, fastify];
    const answers = await Promise.allSettled(
      stores.flatMap((store) => [
        called((callback) => store.get('a', callback as never)),
        called((callback) => store.set('a', { cookie: { originalMaxAge: null } }, callback)),
        called((callback) => store.destroy('a', callback)),
      ]),
    );
    for (const answer of answers) {
      const error: unknown = answer.status === 'rejected' ? answer.reason : undefined;
      expect(error).toEqual(outage('unavailable', 'refused', 'connection-lost'));
      expect(codesOf(error)).not.toContain('ENOENT');
    }
    await socket.clean();
    await socket.stop();
  });

  it('names no session that was skipped', async () => {
    await gone();
    const { cookies } = await (await bed.web({ saveUninitialized: true }, () => 'well')).visitor().get();
    expect(cookies).not.toHaveProperty([NAME]);
  });
});
