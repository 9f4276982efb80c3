import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import type { EventLog } from './event-log.js';
import { SampleApp } from './sample-app.js';
import { SampleClient } from './sample-client.js';
import type { SampleAnswer } from './sample-client.js';

const WAIT = { timeoutMs: 20_000 };
const AMPLE = 100_000;

/** As `/context` gives it. */
interface Row {
  readonly id: string;
  readonly role: string;
  readonly text: string;
  readonly tokens: number;
  readonly position: number | null;
  readonly sequence: number | null;
  readonly place: string;
}

const weightOf = (rows: readonly Row[]): number => rows.reduce((sum, { tokens }) => sum + tokens, 0);
const inPlace = (rows: readonly Row[], place: string): Row[] => rows.filter((row) => row.place === place);

describeEachDriver('the context of the chat sample', (driver) => {
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let app: SampleApp;
  let ada: SampleClient;

  const start = (): Promise<SampleApp> =>
    SampleApp.start({
      REDIS_URL: redis.url,
      REDIS_DRIVER: driver,
      DATABASE_URL: postgres.url,
      SESSION_SECRET: 'the same for both',
    });
  const untilUp = (): Promise<unknown> =>
    eventually(async () => (await ada.get('/status')).body.level === 'up', { ...WAIT, what: 'level up' });

  beforeAll(async () => {
    [redis, postgres] = await Promise.all([RedisTestServer.start({ appendonly: true }), PostgresTestServer.start()]);
    app = await start();
    ada = new SampleClient(app.url);
    await untilUp();
    await ada.logIn('Ada');
  });

  afterAll(async () => {
    await ada.close();
    await app.stop();
    await Promise.all([redis.stop(), postgres.stop()]);
  });

  const contextOf = async (chat: string, budget = AMPLE): Promise<SampleAnswer['body']> =>
    (await ada.get(`/chats/${chat}/context?budget=${budget}`)).body;
  const post = (chat: string, what: string): Promise<SampleAnswer> =>
    ada.post(`/chats/${chat}/context/${what}?budget=${AMPLE}`);
  const tableOf = (chat: string): Promise<{ position: number; message: { id: string } }[]> =>
    postgres.query('SELECT position, message FROM chat_sample_messages WHERE chat = $1 ORDER BY position', [chat]);

  /** So many turns, one after the other. */
  async function talk(chat: string, turns: number, first = 0): Promise<EventLog> {
    const events = await ada.follow(`/chats/${chat}/events`);
    for (let turn = first; turn < first + turns; turn += 1) {
      const { status } = await ada.post(`/chats/${chat}/messages`, {
        id: `t-${turn}`,
        text: `Turn ${turn} of ${chat}`,
      });
      expect(status).toBe(202);
      await events.next(({ type, window }) => type === 'answer' && window.messageId === `t-${turn}`);
    }
    await eventually(async () => (await contextOf(chat)).rows.at(-1).place === 'window');
    return events;
  }

  it('lists each message with its weight and its numbers, and adds up to the window', async () => {
    await talk('sums', 2);

    const view = await contextOf('sums');

    expect(view).toMatchObject({ source: 'redis', hit: true, corrupt: 0, budget: AMPLE });
    expect(view.table).toEqual({ kind: 'postgres', messages: 4 });
    expect(view.rows.map(({ role }: Row) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(view.rows.map(({ position }: Row) => position)).toEqual([1, 2, 3, 4]);
    expect(view.rows.map(({ sequence }: Row) => sequence)).toEqual([1, 2, 3, 4]);
    expect(view.tokens).toBe(weightOf(view.rows));
    expect(view.unboundedTokens).toBe(view.tokens);
    expect((await tableOf('sums')).map(({ message }) => message.id)).toEqual(view.rows.map(({ id }: Row) => id));
  });

  it('leaves out what is over the budget, and nothing else', async () => {
    const { rows } = await contextOf('sums');
    for (const kept of [1, 2, 3]) {
      const budget = weightOf(rows.slice(-kept));
      for (const [given, length] of [
        [budget, kept],
        [budget - 1, kept - 1],
      ] as const) {
        const view = await contextOf('sums', given);
        expect(view.rows.map(({ place }: Row) => place)).toEqual([
          ...Array.from({ length: 4 - length }, () => 'budget'),
          ...Array.from({ length }, () => 'window'),
        ]);
        expect(view.tokens).toBe(weightOf(inPlace(view.rows, 'window')));
        expect(view.unboundedTokens).toBe(weightOf(rows));
      }
    }
  });

  it('asks the loader for a chat whose key is gone, and Redis has it again', async () => {
    const before = await contextOf('sums');

    const { status, body } = await post('sums', 'expire');

    expect(status).toBe(200);
    expect(body).toMatchObject({ source: 'loader', hit: false, reason: 'cold', rows: before.rows });
    expect(await contextOf('sums')).toMatchObject({ source: 'redis', hit: true, rows: before.rows });
  });

  it('puts a summary in the place of the older messages, which the table keeps', async () => {
    await talk('long', 6);
    const before = await contextOf('long');

    const { status, body } = await post('long', 'compact');

    expect(status).toBe(200);
    expect(body).toMatchObject({ replaced: 8, conflict: false, view: { source: 'redis', hit: true } });
    const { rows } = body.view as { rows: Row[] };
    expect(inPlace(rows, 'summary').map(({ id }) => id)).toEqual(before.rows.slice(0, 8).map(({ id }: Row) => id));
    const [summary, ...rest] = inPlace(rows, 'window');
    expect(summary).toMatchObject({ role: 'system', position: null, text: expect.stringMatching(/^Summary of 8 /) });
    expect(rest.map(({ id }) => id)).toEqual(before.rows.slice(8).map(({ id }: Row) => id));
    expect(body.view.tokens).toBe(weightOf(inPlace(rows, 'window')));
    expect(await tableOf('long')).toHaveLength(12);
    const { history, messages } = (await ada.get('/chats/long/messages')).body;
    expect([history.length, messages.length]).toEqual([12, 5]);
    expect((await post('long', 'compact')).body).toMatchObject({ replaced: 0, conflict: false });
  });

  it('loads the summary too, and puts it into the next one', async () => {
    const ids = ({ rows }: { rows: Row[] }): string[] => inPlace(rows, 'window').map(({ id }) => id);
    const held = await contextOf('long');
    const { body } = await post('long', 'expire');
    expect(body.source).toBe('loader');
    expect(ids(body)).toEqual(ids(held));

    await talk('long', 3, 6);
    const { replaced, view } = (await post('long', 'compact')).body;

    expect(replaced).toBe(7);
    expect(inPlace(view.rows, 'summary')).toHaveLength(14);
    expect(inPlace(view.rows, 'window')).toHaveLength(5);
    expect(ids((await post('long', 'expire')).body)).toEqual(ids(view));
  });

  it('marks what the window and the cap have left out', async () => {
    await talk('capped', 27);

    const { rows, table } = await contextOf('capped');

    expect(table.messages).toBe(54);
    expect(rows.map(({ place }: Row) => place)).toEqual([
      ...Array.from({ length: 4 }, () => 'cap'),
      ...Array.from({ length: 30 }, () => 'count'),
      ...Array.from({ length: 20 }, () => 'window'),
    ]);
    expect(inPlace(rows, 'cap').every(({ sequence }) => sequence === null)).toBe(true);
    expect(inPlace(rows, 'count').map(({ sequence }) => sequence)).toEqual(Array.from({ length: 30 }, (_, n) => n + 5));
  });

  it('stores any text, and each message once, however many send it at once', async () => {
    const text = 'null \0, quote \', "$1", \\u0000 and <b>markup</b> 🌸';
    const sends = Array.from({ length: 12 }, (_, n) => ({ id: `m-${n % 6}`, text: `${n % 6} ${text}` }));
    const answers = await Promise.all(sends.map((send) => ada.post('/chats/once/messages', send)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));

    const stored = await eventually(async () => {
      const rows = await tableOf('once');
      return rows.length === 12 && rows;
    });

    expect(new Set(stored.map(({ message }) => message.id)).size).toBe(12);
    const { history } = (await ada.get('/chats/once/messages')).body;
    expect(
      history.filter(({ role }: Row) => role === 'user').map(({ content }: { content: string }) => content),
    ).toEqual(expect.arrayContaining(sends.map((send) => send.text)));
    expect((await ada.post('/chats/once/messages', { id: 'm-0', text: 'Another text' })).status).toBe(409);
  });

  it('answers within the budget that a message brings, and with that message whatever it weighs', async () => {
    const events = await ada.follow('/chats/sums/events');
    const { tokens } = (await contextOf('sums')).rows.at(-1);
    for (const [id, budget, seen] of [
      ['b-1', 1, 1],
      ['b-2', 2 * tokens, 3],
      ['b-3', AMPLE, 9],
    ] as const) {
      await ada.post('/chats/sums/messages', { id, text: 'Within', budget });
      const { window } = await events.next(({ type, window }) => type === 'answer' && window.messageId === id);
      expect([id, window.messages.length]).toEqual([id, seen]);
      expect(window.messages.at(-1)).toMatchObject({ id });
    }
    const refused = await ada.post('/chats/sums/messages', { text: 'Within', budget: '5' });
    expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining('budget must be') } });
  });

  it.each(['0', '-1', '1.5', 'NaN', '', '1000001', '1&budget=2'])('refuses a budget of "%s"', async (budget) => {
    const { status, body } = await ada.get(`/chats/sums/context?budget=${budget}`);
    expect(status).toBe(400);
    expect(body.message).toBe('budget must be a whole number from 1 to 1000000');
  });

  it('shows the context to its user alone', async () => {
    const grace = new SampleClient(app.url);
    for (const [method, path] of [
      ['GET', 'context'],
      ['POST', 'context/compact'],
      ['POST', 'context/expire'],
    ] as const) {
      expect((await grace.send(method, `/chats/sums/${path}`)).status).toBe(401);
    }
    await grace.logIn('Grace');
    expect((await grace.get('/chats/sums/context')).body).toMatchObject({
      rows: [],
      tokens: 0,
      table: { messages: 0 },
    });
  });

  it('reads by the loader while Redis is out, and changes nothing that it cannot change', async () => {
    const before = await contextOf('long');
    await redis.kill();

    const view = await eventually(async () => {
      const body = await contextOf('long');
      return body.source === 'loader' && body;
    });

    expect(view).toMatchObject({ hit: false, reason: 'redis_error', errorKind: expect.any(String) });
    const known = before.rows.map((row: Row) => ({ ...row, sequence: null }));
    expect(view.rows).toEqual(known);
    for (const what of ['compact', 'expire']) {
      expect(await post('long', what)).toMatchObject({ status: 503, body: { retry: true } });
    }
    await redis.restart();
    await eventually(async () => (await contextOf('long')).source === 'redis', WAIT);
    expect((await contextOf('long')).rows).toEqual(before.rows);
  });

  it('shows what Redis holds while the table cannot be read, and takes nothing on that it cannot store', async () => {
    await untilUp(); // so that the login can be read in Redis alone
    const before = await contextOf('sums');
    await postgres.kill();

    const view = await contextOf('sums');

    expect(view).toMatchObject({ source: 'redis', table: { messages: null } });
    expect(view.rows).toEqual(before.rows.map((row: Row) => ({ ...row, position: null })));
    const refused = await ada.post('/chats/sums/messages', { id: 'refused', text: 'Not now' });
    expect(refused).toMatchObject({ status: 503, body: { kind: 'database', retry: true } });
    expect((await ada.get('/chats/sums/messages')).body).toMatchObject({ history: null, source: 'redis' });
    await postgres.restart();
    await eventually(async () => (await contextOf('sums')).table.messages === 10, WAIT);
  });

  it('knows its chats in a process that starts later, with an empty Redis', async () => {
    const before = await contextOf('long');
    await app.end();
    await redis.command('FLUSHALL');
    app = await start();
    ada.moveTo(app.url);
    await untilUp();
    await ada.logIn('Ada');

    const view = await contextOf('long');

    expect(view).toMatchObject({ source: 'loader', hit: false });
    expect(view.rows.map(({ id, place }: Row) => [id, place])).toEqual(
      before.rows.map(({ id, place }: Row) => [id, place]),
    );
    const { chats } = (await ada.get('/chats')).body;
    expect(chats.map(({ id }: Row) => id).toSorted()).toEqual(['capped', 'long', 'once', 'sums']);
    expect(chats.find(({ id }: Row) => id === 'long')).toMatchObject({ messages: 18 });
  });

  it('shows no secret and no message in what it prints', async () => {
    expect((await app.end()).code).toBe(0);
    expect(app.output).not.toContain('test-only');
    expect(app.output).not.toMatch(/Turn \d+ of|markup/);
  });
});
