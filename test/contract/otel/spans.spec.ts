import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { channel } from 'node:diagnostics_channel';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { failureOf, nextChange } from '../connection/bench.js';
import { OtelApp } from './otel-app.js';
import { propagateContext } from './telemetry.js';

const PASSWORD = 'hidden-password';
const ID = 'hidden-id';
const PAYLOAD = 'hidden-payload';
const OURS = /^redis\./;
const UNSET = { code: SpanStatusCode.UNSET };
const ERROR = { code: SpanStatusCode.ERROR };

describeEachDriver('the spans', (driver) => {
  let server: RedisTestServer;
  let app: OtelApp;

  propagateContext();
  beforeAll(async () => {
    server = await RedisTestServer.start({ password: PASSWORD });
  });
  beforeEach(async () => {
    await server.command('FLUSHALL');
    app = await OtelApp.start({ driver, url: `${server.url}/3` });
  });
  afterEach(() => app.stop());
  afterAll(() => server.stop());

  const listeners = (): readonly string[] =>
    ['command', 'connect'].map((traced) => `tracing:${driver}:${traced}:start`).concat('nestjs-redis-hub:trace');

  it('have the call below that of the application, and the commands of the driver below the call', async () => {
    const { telemetry } = app;
    await telemetry.within('request', () => app.redis.cacheGet('k'));
    expect(await telemetry.below('request', 1)).toEqual(['redis.cache get']);
    expect(await telemetry.below('redis.cache get', 2)).toEqual(['GET', 'PING']);
    const { port } = server;
    const call = await telemetry.span('redis.cache get');
    expect([call.kind, call.status, call.instrumentationScope.name]).toEqual([
      SpanKind.INTERNAL,
      UNSET,
      'nestjs-redis-hub',
    ]);
    expect(call.attributes).toEqual({
      'db.system.name': 'redis',
      'db.operation.name': 'get',
      'server.address': '127.0.0.1',
      'server.port': port,
      'nestjs_redis_hub.connection': 'default',
      'nestjs_redis_hub.hit': false,
      'nestjs_redis_hub.reason': 'absent',
    });
    const command = await telemetry.span('GET');
    expect([command.kind, command.status]).toEqual([SpanKind.CLIENT, UNSET]);
    expect(command.attributes).toEqual({
      'db.system.name': 'redis',
      'db.operation.name': 'GET',
      'db.namespace': '3',
      'server.address': '127.0.0.1',
      'server.port': port,
    });
  });

  it('are those of sessions, of chats and of the cache, one a call', async () => {
    const { telemetry } = app;
    telemetry.forget();
    await app.sessions.set(ID, { n: 1 });
    await app.sessions.get(ID);
    await app.sessions.update(ID, (session) => ({ ...session, n: 2 }));
    await app.sessions.touch(ID);
    await app.sessions.length();
    await app.sessions.destroy(ID);
    await app.context.append(ID, { role: 'user', content: PAYLOAD });
    await app.context.recent(ID);
    await app.context.window(ID, { maxTokens: 100 });
    await app.context.pinSystem(ID, 'be kind');
    await app.context.delete(ID);
    await app.redis.cacheSet(ID, PAYLOAD, { ttlMs: 60_000 });
    await app.redis.forTenant('t').cacheDelete(ID);
    await app.redis.lpushRecent('list', PAYLOAD, { max: 3, ttlMs: 60_000 });
    await app.redis.getRecent('list', 3);
    const names = (await telemetry.spans()).map(({ name }) => name).filter((name) => OURS.test(name));
    expect(names).toEqual([
      ...['set', 'get', 'update', 'touch', 'length', 'destroy'].map((name) => `redis.session ${name}`),
      ...['append', 'read', 'read', 'pinSystem', 'delete'].map((name) => `redis.context ${name}`),
      ...['set', 'delete', 'lpushRecent', 'getRecent'].map((name) => `redis.cache ${name}`),
    ]);
  });

  it('keep calls at the same time apart', async () => {
    const { telemetry } = app;
    telemetry.forget();
    const names = Array.from({ length: 20 }, (_, at) => `request ${at}`);
    await Promise.all(
      names.map((name) => telemetry.within(name, () => app.context.append(name, { role: 'user', content: name }))),
    );
    const spans = await telemetry.spans();
    const above = (span: ReadableSpan | undefined): ReadableSpan | undefined =>
      spans.find((one) => one.spanContext().spanId === span?.parentSpanContext?.spanId);
    const calls = spans.filter(({ name }) => name === 'redis.context append');
    expect(new Set(calls.map((call) => above(call)?.name))).toEqual(new Set(names));
    const commands = spans.filter(({ kind }) => kind === SpanKind.CLIENT);
    expect(commands.length).toBeGreaterThanOrEqual(20);
    expect(new Set(commands.map((command) => above(command)?.name))).toEqual(new Set(['redis.context append']));
    expect(new Set(commands.map((command) => above(above(command))?.name))).toEqual(new Set(names));
  });

  it('have the first connection, with what the driver did for it', async () => {
    const { telemetry } = app;
    expect((await telemetry.span('redis.connection connect')).attributes).toMatchObject({
      'server.address': '127.0.0.1',
    });
    expect(await telemetry.below('redis.connection connect', 1)).toContain('connect');
    expect((await telemetry.span('connect')).kind).toBe(SpanKind.CLIENT);
  });

  it('have what a loader does below the read that asked it', async () => {
    await app.stop();
    app = await OtelApp.start(
      { driver, url: server.url },
      {
        context: {
          loader: () => app.telemetry.within('database', async () => [{ role: 'user', content: PAYLOAD }]),
        },
      },
    );
    await app.context.recent(ID);
    expect(await app.telemetry.below('redis.context read', 2)).toContain('database');
    expect((await app.telemetry.span('redis.context read')).attributes).toMatchObject({
      'nestjs_redis_hub.source': 'loader',
      'nestjs_redis_hub.hit': false,
      'nestjs_redis_hub.reason': 'cold',
      'nestjs_redis_hub.messages': 1,
    });
  });

  it('say what failed by its kind, and no more', async () => {
    const { telemetry } = app;
    await app.redis.cacheSet('text', PAYLOAD, { ttlMs: 60_000 });
    await failureOf(app.redis.getRecent('text', 1));
    for (const name of ['redis.cache getRecent', 'LRANGE']) {
      const { status, attributes, events } = await telemetry.span(name);
      expect({ status, type: attributes['error.type'], events }).toEqual({
        status: ERROR,
        type: 'wrong-type',
        events: [],
      });
    }
    await app.sessions.set(ID, {});
    await expect(app.sessions.update(ID, () => Promise.reject(new RangeError(PAYLOAD)))).rejects.toThrow(PAYLOAD);
    const { status, attributes } = await telemetry.span('redis.session update');
    expect([status, attributes['error.type']]).toEqual([ERROR, 'RangeError']);
  });

  it('take a script that the server has yet to learn for no failure', async () => {
    await server.command('SCRIPT', 'FLUSH');
    app.telemetry.forget();
    await app.context.append(ID, { role: 'user', content: PAYLOAD });
    const spans = await app.telemetry.spans();
    expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['EVALSHA', 'EVAL', 'redis.context append']));
    expect(spans.map(({ status }) => status)).toEqual(spans.map(() => UNSET));
  });

  it('tell in an outage who served, what was missed and what failed, with nothing secret', async () => {
    const { telemetry } = app;
    await app.sessions.set(ID, { note: PAYLOAD });
    await app.redis.cacheSet(ID, PAYLOAD, { ttlMs: 60_000 });
    await app.context.append(ID, { role: 'user', content: PAYLOAD });
    const lost = nextChange(app.connection, 'reconnecting');
    await server.kill();
    await lost;
    const before = await telemetry.spans();
    telemetry.forget();
    await app.sessions.get(ID);
    await app.redis.cacheGet(ID);
    await app.redis.cacheSet(ID, PAYLOAD, { ttlMs: 60_000 });
    await failureOf(app.redis.cacheDelete(ID));
    await failureOf(app.context.append(ID, { role: 'user', content: PAYLOAD }));
    const told = async (name: string) => {
      const { status, attributes } = await telemetry.span(name);
      return { status, ...attributes };
    };
    const kind = expect.stringMatching(/^(unavailable|connection-lost|refused)$/);
    expect(await told('redis.session get')).toMatchObject({
      status: UNSET,
      'nestjs_redis_hub.tier': 'memory',
      'nestjs_redis_hub.reason': 'outage',
    });
    expect(await told('redis.cache get')).toMatchObject({
      status: UNSET,
      'nestjs_redis_hub.hit': false,
      'nestjs_redis_hub.reason': 'redis_error',
      'nestjs_redis_hub.error_type': kind,
    });
    expect(await told('redis.cache set')).toMatchObject({ status: UNSET, 'nestjs_redis_hub.answer': false });
    expect(await told('redis.cache delete')).toMatchObject({ status: ERROR, 'error.type': kind });
    expect(await told('redis.context append')).toMatchObject({ status: ERROR, 'error.type': kind });

    const well = nextChange(app.connection, 'connected');
    await server.restart();
    await well;
    await app.redis.ping();
    const spans = [...before, ...(await telemetry.spans())];
    // what the loop and the watchdog do is nobody's, not even that of the call that began them
    expect(spans.filter(({ name }) => name === 'connect')).toHaveLength(1);
    expect(spans.filter(({ parentSpanContext, name }) => !parentSpanContext && !OURS.test(name))).toEqual([]);
    const text = JSON.stringify(
      spans.map(({ name, attributes, events, links, status }) => [name, attributes, events, links, status]),
    );
    expect(text).toContain('redis.session get');
    expect(text).not.toMatch(/hidden/);
  });

  it('are none once the application is closed', async () => {
    expect(listeners().filter((name) => !channel(name).hasSubscribers)).toEqual([]);
    const { telemetry } = app;
    await app.module.close();
    expect(listeners().filter((name) => channel(name).hasSubscribers)).toEqual([]);
    const before = (await telemetry.spans()).length;
    await failureOf(app.redis.cacheDelete(ID));
    expect(await telemetry.spans()).toHaveLength(before);
  });
});
