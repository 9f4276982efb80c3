import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ReadmeApp } from '../support/readme-app.js';

/** What the page leaves to its reader. */
const BESIDES = {
  'app.module.ts': `
import { Module } from '@nestjs/common';
import { RedisModule, redisOptionsFromEnv } from 'nestjs-redis-hub';
import { AppController } from './app.controller.js';
import { SessionsModule } from './sessions.module.js';

@Module({
  imports: [RedisModule.forRoot(redisOptionsFromEnv((name) => process.env[name])), SessionsModule],
  controllers: [AppController],
})
export class AppModule {}
`,
  'app.controller.ts': `
import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccountService } from './account.service.js';

declare module 'fastify' {
  interface Session { user?: string; visits?: number }
}

@Controller()
export class AppController {
  constructor(private readonly accounts: AccountService) {}

  @Post('login/:user')
  async login(@Req() request: FastifyRequest, @Param('user') user: string) {
    await request.session.regenerate();
    request.session.user = user;
    return {};
  }

  @Get('me')
  async me(@Req() { session }: FastifyRequest) {
    const visits = session.user === undefined ? undefined : await this.accounts.countVisit(session.sessionId);
    return { user: session.user ?? null, visits: visits ?? null };
  }

  @Post('everywhere/:user')
  everywhere(@Param('user') user: string) {
    return this.accounts.logOutEverywhere(user);
  }
}
`,
  'index.ts': `
import { start } from './main.js';

await start(Number(process.env['PORT']));
console.log('listening');
`,
};

describe('the page on sessions', () => {
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let app: ReadmeApp;

  beforeAll(async () => {
    [redis, postgres] = await Promise.all([RedisTestServer.start(), PostgresTestServer.start()]);
    app = ReadmeApp.create(BESIDES, 'docs/SESSIONS.md');
  });
  afterAll(async () => {
    await app.stop();
    await Promise.all([redis.stop(), postgres.stop()]);
  });

  const ask = async (path: string, cookie = '', method = 'GET'): Promise<Response> =>
    app.fetch(path, { method, headers: { cookie } });
  const login = async (user: string): Promise<string> => {
    const response = await ask(`/login/${user}`, '', 'POST');
    return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  };

  it('has an app that compiles, logs in, and logs out everywhere, also without Redis', async () => {
    expect(await app.compile()).toBe('');
    await app.start('index.js', { REDIS_URL: redis.url, DATABASE_URL: postgres.url });
    const [laptop, phone, other] = [await login('ada'), await login('ada'), await login('bob')];
    expect(await (await ask('/me', laptop)).json()).toEqual({ user: 'ada', visits: 1 });
    await redis.stop();
    expect(await (await ask('/me', phone)).json()).toMatchObject({ user: 'ada' });
    expect(await (await ask('/everywhere/ada', '', 'POST')).json()).toBe(2);
    for (const cookie of [laptop, phone]) expect(await (await ask('/me', cookie)).json()).toMatchObject({ user: null });
    expect(await (await ask('/me', other)).json()).toMatchObject({ user: 'bob' });
    expect((await app.terminate()).code).toBe(0);
  });
});
