import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { forwardIdOf } from '../../../lib/session/forward-id.js';
import type { SessionStore } from '../../../lib/session/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { MODES, RotationNodes, WITH_REDIS, once } from './rotation-nodes.js';
import type { Mode } from './rotation-nodes.js';

const ROUNDS = 20;
const MINUTE = 60_000;

interface Counted {
  readonly user: string;
  readonly n: number;
}

/** One of many races at once: a session of its own, and the stores of two nodes. */
interface Round {
  readonly id: string;
  readonly user: string;
  readonly a: SessionStore;
  readonly b: SessionStore;
  /** Some turns later, other ones each round. */
  readonly later: <T>(call: () => Promise<T>) => Promise<T>;
}

describeEachDriver('A rotation beside', (driver) => {
  let world: RotationNodes;
  let names = 0;

  beforeAll(async () => {
    world = await RotationNodes.start(driver);
  }, 60_000);
  afterAll(() => world.stop());

  const set = async ({ a, id, user }: Round): Promise<unknown> => a.set(id, { user, n: 0 }, { ttlMs: MINUTE });
  const roundOf = (mode: Mode, at: number): Round => {
    const [one, other] = world.of(mode);
    const turns = at % 10;
    const later = async <T>(call: () => Promise<T>): Promise<T> => {
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return call();
    };
    const name = (names += 1);
    return { id: `id${name}`, user: `user${name}`, a: one.sessions, b: other.sessions, later };
  };
  const races = async (mode: Mode, race: (round: Round) => Promise<void>): Promise<void> => {
    const rounds = Array.from({ length: ROUNDS }, (_, at) => roundOf(mode, at));
    await Promise.all(rounds.map(set));
    await Promise.all(rounds.map(race));
  };
  const single = async (
    mode: Mode,
  ): Promise<Round & { before: (step: 'plant' | 'end', act: () => Promise<unknown>) => void }> => {
    const round = roundOf(mode, 0);
    await set(round);
    return { ...round, before: (step, act) => once(world.of(mode)[0], step, act) };
  };
  const countOf = ({ b }: Round, id: string): Promise<number | undefined> => b.get<Counted>(id).then((data) => data?.n);
  const expectNone = async ({ a, b, user }: Round, ids: readonly (string | undefined)[]): Promise<void> => {
    for (const id of ids.flatMap((each) => each ?? [])) {
      expect(await a.get(id)).toBeUndefined();
      expect(await b.get(id)).toBeUndefined();
    }
    expect(await b.findByUser(user)).toEqual([]);
  };

  it.each(MODES)('a logout leaves nothing alive: %s', async (mode) => {
    await races(mode, async (round) => {
      const { a, b, id, later } = round;
      const [newId] = await Promise.all([a.rotate(id), later(() => b.destroy(id))]);
      await expectNone(round, [id, newId]);
    });
  });

  it.each(MODES)('the end of all sessions of its user leaves nothing alive: %s', async (mode) => {
    await races(mode, async (round) => {
      const { a, b, id, user, later } = round;
      const options = round.id.endsWith('1') ? { forwardMs: 0 } : {};
      const [newId] = await Promise.all([a.rotate(id, options), later(() => b.destroyByUser(user))]);
      await expectNone(round, [id, newId]);
    });
  });

  it.each(MODES)('a save keeps what was acknowledged: %s', async (mode) => {
    await races(mode, async (round) => {
      const { a, b, id, user, later } = round;
      const [newId, isSaved] = await Promise.all([a.rotate(id), later(() => b.set(id, { user, n: 1 }))]);
      expect(await countOf(round, newId ?? '-')).toBe(isSaved ? 1 : 0);
      expect(await a.findByUser(user)).toHaveLength(1);
    });
  });

  it.each(MODES)('an update loses none, and follows to the new id: %s', async (mode) => {
    await races(mode, async (round) => {
      const { a, b, id, user, later } = round;
      const add = (data: Counted): Counted => ({ ...data, n: data.n + 1 });
      const [newId, updated] = await Promise.all([a.rotate(id), later(() => b.update<Counted>(id, add))]);
      expect(updated).toMatchObject({ n: 1 });
      expect([await countOf(round, newId ?? '-'), await countOf(round, id)]).toEqual([1, 1]);
      expect(await a.findByUser(user)).toHaveLength(1);
    });
  });

  it.each(WITH_REDIS)('a change that Redis took, and of which the tiers hear late: %s', async (mode) => {
    const rotatedMeanwhile = async (change: (round: Round) => Promise<unknown>, expected: unknown): Promise<void> => {
      const round = await single(mode);
      let newId: string | undefined;
      once(world.of(mode)[1], 'keepCopy', async () => (newId = await round.a.rotate(round.id)));
      expect(await change(round)).toEqual(expected);
      expect([await countOf(round, newId ?? '-'), await countOf(round, round.id)]).toEqual([1, 1]);
    };
    const add = (data: Counted): Counted => ({ ...data, n: data.n + 1 });
    await rotatedMeanwhile(({ b, id }) => b.update<Counted>(id, add).then((data) => data?.n), 1);
    await rotatedMeanwhile(({ b, id, user }) => b.set(id, { user, n: 1 }), true);

    const ended = await single(mode);
    once(world.of(mode)[1], 'keepCopy', () => ended.a.destroy(ended.id));
    await ended.b.set(ended.id, { user: ended.user, n: 1 });
    await expectNone(ended, [ended.id]);
  });

  it.each(MODES)('another leaves one session, to which both ids lead: %s', async (mode) => {
    await races(mode, async (round) => {
      const { a, b, id, user, later } = round;
      const ids = await Promise.all([a.rotate(id), later(() => b.rotate(id))]);
      for (const newId of [id, ...ids]) expect(await countOf(round, newId ?? '-')).toBe(0);
      expect((await a.findByUser(user)).map((session) => session.id)).toEqual([ids[0]]);
      await b.destroy(id);
      await expectNone(round, [id, ...ids]);
    });
  });

  it.each(MODES)('a touch, like an update beside one, keeps the later end: %s', async (mode) => {
    await races(mode, async (round) => {
      const { a, b, id, user, later } = round;
      const change = (): Promise<unknown> =>
        round.id.endsWith('1') ? a.update(id, () => ({ user, n: 1 })) : a.rotate(id);
      const [, isTouched] = await Promise.all([change(), later(() => b.touch(id, { ttlMs: 10 * MINUTE }))]);
      expect(isTouched).toBe(true);
      for (const store of [a, b]) {
        const left = ((await store.getWithExpiry(id))?.expiresAt ?? 0) - Date.now();
        expect(left).toBeGreaterThan(5 * MINUTE);
      }
    });
  });

  it.each(MODES)('a change, in the moment before it is decided: %s', async (mode) => {
    const saved = await single(mode);
    saved.before('end', () => saved.b.set(saved.id, { user: saved.user, n: 1 }));
    const savedId = (await saved.a.rotate(saved.id)) ?? '-';
    expect(await countOf(saved, savedId)).toBe(1);

    const touched = await single(mode);
    touched.before('end', () => touched.b.touch(touched.id, { ttlMs: 10 * MINUTE }));
    const touchedId = (await touched.a.rotate(touched.id)) ?? '-';
    const left = ((await touched.b.getWithExpiry(touchedId))?.expiresAt ?? 0) - Date.now();
    expect(left).toBeGreaterThan(5 * MINUTE);

    const twice = await single(mode);
    let first: string | undefined;
    twice.before('end', async () => (first = await twice.b.rotate(twice.id)));
    expect(await twice.a.rotate(twice.id)).toBe(first);
    expect((await twice.a.findByUser(twice.user)).map(({ id }) => id)).toEqual([first]);
  });

  it.each(MODES)('another, whose pointer stays where an earlier one comes late: %s', async (mode) => {
    const round = await single(mode);
    const { a, b, id } = round;
    let first: string | undefined;
    round.before('plant', async () => (first = await b.rotate(id)));
    expect(await a.rotate(id)).toBe(first);
    expect(await countOf(round, id)).toBe(0);
    await b.destroy(id);
    await expectNone(round, [id, first]);
  });

  it.each(MODES)('a logout that has begun: %s', async (mode) => {
    const round = await single(mode);
    const { a, b, id } = round;
    let newId: string | undefined;
    once(world.of(mode)[1], 'destroy', async () => (newId = await a.rotate(id)));
    await b.destroy(id);
    await expectNone(round, [id, newId]);
  });

  it.each(MODES)('the end of all sessions of its user, which are listed already: %s', async (mode) => {
    for (const options of [{}, { forwardMs: 0 }]) {
      const round = await single(mode);
      const { a, b, id, user } = round;
      let newId: string | undefined;
      once(world.of(mode)[1], 'find', async () => (newId = await a.rotate(id, options)));
      expect(await b.destroyByUser(user)).toBe(1);
      await expectNone(round, [id, newId]);
    }
  });

  it.each(MODES)('a logout, which no pointer that comes later takes back: %s', async (mode) => {
    const round = await single(mode);
    const { a, b, id } = round;
    const seen: unknown[] = [];
    round.before('plant', () => b.destroy(id));
    round.before('end', async () => seen.push(await a.get(id), await b.get(id), await a.touch(id)));
    expect(await a.rotate(id)).toBeUndefined();
    expect(seen).toEqual([undefined, undefined, false]);
    await expectNone(round, [id]);
  });

  it.each(MODES)('nothing, that ends before it is decided: the session is where it was: %s', async (mode) => {
    const round = await single(mode);
    const { a, b, id } = round;
    round.before('end', () => Promise.reject(new TypeError('the process ended here')));
    await expect(a.rotate(id)).rejects.toThrow('the process ended here');
    expect(await countOf(round, id)).toBe(0);
    expect(await b.set(id, { user: round.user, n: 1 })).toBe(true);
    await b.destroy(id);
    await expectNone(round, [id]);
  });

  it.each(MODES)('nothing, many times: the first id leads to the last, and ends it: %s', async (mode) => {
    const round = await single(mode);
    const { a, b, id } = round;
    const ids = [id];
    for (let made = 0; made < 12; made += 1) ids.push((await a.rotate(ids.at(-1) ?? '-')) ?? '-');
    for (const each of ids) expect(await countOf(round, each)).toBe(0);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await b.rotate(id)).toBe(ids.at(-1));
    expect(await b.touch(id)).toBe(true);
    await b.destroy(id);
    await expectNone(round, ids);
  });

  it.each(MODES)('nothing, with no way from the old id where none is wanted: %s', async (mode) => {
    const round = await single(mode);
    const { a, b, id } = round;
    const middle = (await a.rotate(id)) ?? '-';
    const last = (await b.rotate(id, { forwardMs: 0 })) ?? '-';
    for (const each of [id, middle]) {
      expect(await a.get(each)).toBeUndefined();
      expect(await b.touch(each)).toBe(false);
      expect(await b.update(each, () => ({ n: 9 }))).toBeUndefined();
      expect(await a.rotate(each)).toBeUndefined();
      expect(await a.set(each, { n: 9 })).toBe(false);
    }
    expect(await countOf(round, last)).toBe(0);
    expect(await a.get(forwardIdOf('none'))).toBeUndefined();
  });

  it('nothing, with a life of the pointer that is none', async () => {
    const [{ sessions }] = world.of('memory beside');
    for (const forwardMs of [-1, Number.NaN, 0.5, '5', Infinity] as number[]) {
      await expect(sessions.rotate('a', { forwardMs })).rejects.toMatchObject({
        redisErrorKind: 'configuration',
        message: expect.stringContaining('forwardMs must be 0, or an integer'),
      });
    }
  });
});
