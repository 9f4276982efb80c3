import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Catch, Controller, Get, Req } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter, LoggerService } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RedisError } from '../../../lib/index.js';
import { RedisModule } from '../../../lib/redis.module.js';
import { FastifySessionModule, FastifySessionStore } from '../../../lib/session/fastify.js';
import { SessionModule, SessionStore, memoryTier } from '../../../lib/session/index.js';
import type { SessionTier } from '../../../lib/session/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import type { TestDriver } from '../../support/drivers.js';
import { deferred } from '../../support/eventually.js';
import type { Deferred } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { patient } from './behaviour-bed.js';
import { SECRET } from './fastify-web.js';
import { expectQuiet, untilStatus } from './session-app.js';
import { Visitor } from './visitor.js';

/** Of a frozen Redis; a busy machine answers before. */
const DEADLINE_MS = 2_000;

const nothing = (): void => undefined;
const QUIET: LoggerService = { log: nothing, warn: nothing, error: nothing };

/** What the routes wait for, so that a test can act while a request is under way. */
let gate: { readonly began: Deferred; readonly ends: Deferred };

@Controller()
class LoginController {
  @Get('login')
  async login(@Req() request: FastifyRequest) {
    await request.session.regenerate();
    request.session.user = 'ada';
    return { value: 'ada' };
  }

  @Get('visit')
  visit(@Req() { session }: FastifyRequest) {
    session.n = (session.n ?? 0) + 1;
    return { value: [session.user ?? 'nobody', session.n] };
  }

  @Get('look')
  look(@Req() { session }: FastifyRequest) {
    return { value: session.user ?? 'nobody' };
  }

  @Get('slow')
  async slow(@Req() request: FastifyRequest) {
    gate.began.resolve();
    await gate.ends.promise;
    return this.visit(request);
  }

  @Get('logout')
  async logout(@Req() { session }: FastifyRequest) {
    await session.destroy();
    return { value: null };
  }
}

@Catch(RedisError)
class RedisErrorFilter implements ExceptionFilter<RedisError> {
  catch({ redisErrorKind: kind, code }: RedisError, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().status(503).send({ kind, code });
  }
}

async function start(driver: TestDriver, url: string, fallback: SessionTier[], isFiltered = true) {
  const module = await Test.createTestingModule({
    imports: [
      RedisModule.forRoot({ driver, url, ...patient(DEADLINE_MS) }),
      SessionModule.forRoot({ fallback }),
      FastifySessionModule,
    ],
    controllers: [LoginController],
  })
    .setLogger(QUIET)
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  await app.register(fastifyCookie);
  const store = app.get(FastifySessionStore);
  await app.register(fastifySession, { store, secret: SECRET, saveUninitialized: false, cookie: { secure: false } });
  if (isFiltered) app.useGlobalFilters(new RedisErrorFilter());
  await app.listen(0, '127.0.0.1');
  return app;
}

describeEachDriver('FastifySessionModule in a Nest application', (driver) => {
  let sentinel: ProcessSentinel;
  let server: RedisTestServer;
  let app: NestFastifyApplication;
  let visitor: Visitor;

  const boot = async (fallback: SessionTier[] = [], isFiltered = true, url = server.url): Promise<void> => {
    app = await start(driver, url, fallback, isFiltered);
    visitor = new Visitor(await app.getUrl());
  };
  const until = (status: { tier: string }): Promise<void> => untilStatus(app.get(SessionStore), status);

  beforeEach(async () => {
    gate = { began: deferred(), ends: deferred() };
    sentinel = ProcessSentinel.start();
    server = await RedisTestServer.start({ appendonly: true });
  });
  afterEach(async () => {
    gate.ends.resolve();
    app.getHttpServer().closeAllConnections();
    await app.close();
    await server.stop();
    await expectQuiet(sentinel);
  });

  it('keeps a login, and ends it', async () => {
    await boot();
    await visitor.value('/login');
    expect([await visitor.value('/visit'), await visitor.value('/visit')]).toEqual([
      ['ada', 1],
      ['ada', 2],
    ]);
    await visitor.value('/logout');
    expect(await visitor.value('/look')).toBe('nobody');
  });

  it('answers 503 while no tier can, and has logged nobody out after', async () => {
    await boot();
    await visitor.value('/login');
    await server.kill();
    await until({ tier: 'none' });
    const refused = await visitor.get('/look');
    expect(refused).toMatchObject({ status: 503, body: { kind: 'unavailable' }, cookies: {} });
    await server.restart();
    await until({ tier: 'redis' });
    expect(await visitor.value('/visit')).toEqual(['ada', 1]);
  });

  it('answers 5xx for a change that no tier took, and the login holds', async () => {
    await boot();
    await visitor.value('/login');
    const slow = visitor.get('/slow');
    await gate.began.promise;
    await server.kill();
    await until({ tier: 'none' });
    gate.ends.resolve();
    // the session was loaded before, and could not be saved
    const { status, cookies } = await slow;
    expect(status).toBeGreaterThanOrEqual(500);
    expect(cookies).toEqual({});
    await server.restart();
    await until({ tier: 'redis' });
    expect(await visitor.value('/visit')).toEqual(['ada', 1]);
  });

  it('answers while Redis is frozen, within the deadline, and without a filter too', async () => {
    await boot([], false);
    await visitor.value('/login');
    await server.freeze();
    const { status, cookies } = await visitor.get('/look');
    expect({ status, cookies }).toEqual({ status: 500, cookies: {} });
    await server.thaw();
    await until({ tier: 'redis' });
    expect(await visitor.value('/look')).toBe('ada');
  });

  it('serves the login from memory while Redis is out, and brings the changes back', async () => {
    await boot([memoryTier()]);
    await visitor.value('/login');
    await server.kill();
    await until({ tier: 'memory' });
    expect(await visitor.value('/visit')).toEqual(['ada', 1]);
    await server.restart();
    await until({ tier: 'redis' });
    expect(await visitor.value('/visit')).toEqual(['ada', 2]);
  });

  it('does not revive a session that a slow request saves after the logout', async () => {
    await boot();
    await visitor.value('/login');
    const slow = visitor.copy().get('/slow');
    await gate.began.promise;
    const before = visitor.copy();
    await visitor.value('/logout');
    gate.ends.resolve();
    await slow;
    expect(await before.value('/look')).toBe('nobody');
  });
});
