import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { REDIS_ERROR_KINDS } from '../../../lib/errors/redis-error-kind.js';
import { codeSpans, readPage } from '../support/markdown.js';
import { ReadmeApp, readmeFiles } from '../support/readme-app.js';
import { ROOT } from '../support/repository.js';

/** What a reader adds: the service and the controller in the module's decorator, and routes to try them. */
const HARNESS = `
import { Controller, Get, Module, Param, Post, Session } from '@nestjs/common';
import { AppModule } from './app.module.js';
import { GreetingService } from './greeting.service.js';
import { HealthController } from './health.controller.js';
import { start } from './main.js';

@Controller()
class GreetingController {
  constructor(private readonly greetings: GreetingService) {}

  @Get('greet/:name')
  greet(@Param('name') name: string) {
    return this.greetings.greet(name);
  }

  @Get('visits')
  visits() {
    return this.greetings.visits();
  }

  @Get('time')
  serverTime() {
    return this.greetings.serverTime();
  }

  @Post('login/:name')
  login(@Param('name') name: string, @Session() session: { user?: string }) {
    session.user = name;
  }

  @Get('me')
  me(@Session() session: { user?: string }) {
    return session.user ?? 'nobody';
  }
}

// as if written in the decorator of AppModule, beside its imports
Module({ controllers: [HealthController, GreetingController], providers: [GreetingService] })(AppModule);

await start(Number(process.env['PORT']));
process.stdout.write('listening\\n');
`;

const RUN_SCRIPT = `
import { count } from './script.js';
process.stdout.write(String(await count(process.env['REDIS_URL'] ?? '')));
`;

const RUN_ERRORS = `
import { RedisClientFactory } from 'nestjs-redis-hub';
import { whatHappened } from './what-happened.js';

const address = process.env['REDIS_URL']?.slice('redis://'.length) ?? '';
for (const url of ['redis://nobody:wrong@' + address, 'redis://127.0.0.1:1']) {
  await RedisClientFactory.create({ url, connectTimeoutMs: 1_000 }).catch((error: unknown) =>
    process.stdout.write(whatHappened(error) + '\\n'),
  );
}
process.stdout.write(whatHappened(new Error('no')));
`;

const BUILD = "const { ensureLibraryBuilt } = await import('./scripts/lib/build.mjs'); await ensureLibraryBuilt();";

describe('the app of README.md', () => {
  let app: ReadmeApp;
  let server: RedisTestServer;

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', BUILD], { cwd: ROOT });
    server = await RedisTestServer.start();
    app = ReadmeApp.create({ 'harness.ts': HARNESS, 'run-script.ts': RUN_SCRIPT, 'run-errors.ts': RUN_ERRORS });
  });

  it('has these files', () => {
    expect(Object.keys(readmeFiles())).toEqual([
      'app.module.ts',
      'greeting.service.ts',
      'what-happened.ts',
      'main.ts',
      'health.controller.ts',
      'index.ts',
      'script.ts',
      'reports.module.ts',
      'support.module.ts',
    ]);
  });

  it('imports what the lines above it install, or what any app of Nest has', () => {
    const { text } = readPage('README.md');
    const named = new Set(
      text.slice(text.indexOf('## Use it'), text.indexOf('<!-- file:')).match(/@?[\w-]+(?:\/[\w-]+)?/g),
    );
    const imported = Object.values(readmeFiles()).flatMap((code) => [
      ...code.matchAll(/(?:from|import) '([^.'][^']*)'/g),
    ]);
    const packages = new Set(imported.map(([, door = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(door)?.[0]));
    expect([...packages].filter((name) => !named.has(name ?? ''))).toEqual([]);
  });

  it('names every kind of error', () => {
    const { text } = readPage('README.md');
    const line = /^The kinds: ([\s\S]*?)\. `isOutage`/m.exec(text)?.[1] ?? '';
    expect(codeSpans(line)).toEqual([...REDIS_ERROR_KINDS]);
  });

  it('compiles', async () => {
    expect(await app.compile()).toBe('');
  });

  it('boots on one connection', async () => {
    await app.start('harness.js', { REDIS_URL: server.url });
    expect(await server.clientCount()).toBe(1);
    expect(app.log).not.toMatch(/\b(WARN|ERROR)\b/);
  });

  it('is healthy', async () => {
    const response = await app.fetch('/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'ok', info: { redis: { status: 'up' } } });
  });

  it('greets from the cache', async () => {
    const greet = async (): Promise<string> => (await app.fetch('/greet/Ada')).text();
    expect(await greet()).toBe('Hello Ada');
    expect(await server.command('PTTL', 'app:greeting:Ada')).toBeGreaterThan(50_000);
    await server.command('SET', 'app:greeting:Ada', '"Hello from the cache"');
    expect(await greet()).toBe('Hello from the cache');
  });

  it('counts visits, and asks the server for its time', async () => {
    expect(await (await app.fetch('/visits')).json()).toBe(1);
    expect(await (await app.fetch('/visits')).json()).toBe(2);
    const [seconds] = (await (await app.fetch('/time')).json()) as string[];
    expect(Math.abs(Number(seconds) - Date.now() / 1_000)).toBeLessThan(60);
  });

  it('keeps a login in Redis', async () => {
    const { headers } = await app.fetch('/login/ada', { method: 'POST' });
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(await (await app.fetch('/me', { headers: { cookie } })).text()).toBe('ada');
    expect(await server.command('KEYS', 'dialog:session:*')).toHaveLength(1);
  });

  it('has answered all of that on the one connection', async () => {
    expect(await server.clientCount()).toBe(1);
  });

  it('says that it has not counted while Redis is gone, and is not healthy', async () => {
    await server.kill();
    await eventually(async () => (await app.fetch('/health')).status === 503);
    expect(await (await app.fetch('/visits')).text()).toBe('');
    await server.restart();
    await eventually(async () => (await app.fetch('/health')).status === 200);
  });

  it('ends in order when it is told to, and leaves no socket', async () => {
    expect(await app.terminate()).toEqual({ code: 0, signal: null });
    await eventually(async () => (await server.clientCount()) === 0, { what: 'end of every socket' });
  });

  it('tells what happened by the kind of the error', async () => {
    expect((await app.run('run-errors.js', { REDIS_URL: server.url })).split('\n')).toEqual([
      'Redis refuses our login',
      'Redis: refused, not-sent',
      'nothing of Redis',
    ]);
  });

  it('has a script that counts its runs and ends by itself', async () => {
    expect(await app.run('run-script.js', { REDIS_URL: server.url })).toBe('1');
    expect(await app.run('run-script.js', { REDIS_URL: server.url })).toBe('2');
    await eventually(async () => (await server.clientCount()) === 0, { what: 'end of every socket' });
  });
});
