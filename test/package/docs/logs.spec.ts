import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { readPage } from '../support/markdown.js';
import { ReadmeApp } from '../support/readme-app.js';
import { ROOT } from '../support/repository.js';

const PAGE = 'docs/LOGS.md';
const BUILD = "const { ensureLibraryBuilt } = await import('./scripts/lib/build.mjs'); await ensureLibraryBuilt();";

/** What the page leaves to its reader. */
const BESIDES = {
  'app.module.ts': `
import { Controller, Get, Module } from '@nestjs/common';
import { RedisModule, RedisService, redisOptionsFromEnv } from 'nestjs-redis-hub';

@Controller()
class FaultyController {
  constructor(private readonly redis: RedisService) {}

  @Get()
  async read() {
    await this.redis.commands.get('hidden-set').catch(() => undefined);
    return this.redis.state;
  }

  @Get('flap')
  async flap() {
    await this.redis.ensureReadyClient();
    await Promise.allSettled(Array.from({ length: 9 }, () => this.redis.commands.get('hidden-set')));
  }
}

@Module({
  imports: [RedisModule.forRoot({ ...redisOptionsFromEnv((name) => process.env[name]), boot: 'degrade' })],
  controllers: [FaultyController],
})
export class AppModule {}
`,
  'index.ts': `
import { start } from './main.js';

await start(Number(process.env['PORT']));
console.log('listening');
`,
};

interface LogRecord {
  readonly context: string;
  readonly message: string;
}

function expressions(): Record<string, RegExp> {
  const block = readPage(PAGE).blocks.find(({ language }) => language === 'json')?.code ?? '{}';
  const texts = Object.entries(JSON.parse(block) as Record<string, string>);
  return Object.fromEntries(texts.map(([name, text]) => [name, new RegExp(text, 'u')]));
}

describe('the page on logs', () => {
  it('has an example whose lines are objects, and expressions that each find theirs', async () => {
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', BUILD], { cwd: ROOT });
    const server = await RedisTestServer.start();
    await server.kill();
    const app = ReadmeApp.create(BESIDES, PAGE);
    expect(await app.compile()).toBe('');
    await app.start('index.js', { REDIS_URL: server.url });
    const isIn = async (state: string): Promise<boolean> => (await (await app.fetch('/')).text()) === state;
    for (let changes = 0; changes < 5; changes += 1) {
      await server.restart();
      await server.command('SADD', 'hidden-set', 'hidden-member');
      await eventually(() => isIn('connected'));
      await app.fetch('/flap');
      await server.kill();
      await eventually(() => isIn('reconnecting'));
    }
    expect((await app.terminate()).code).toBe(0);
    await app.stop();
    await server.stop();

    expect(app.log).not.toContain('hidden');
    const lines = app.log.split('\n').filter((line) => line !== '' && line !== 'listening');
    const messages = lines
      .map((line) => JSON.parse(line) as LogRecord)
      .filter(({ context }) => context === 'RedisModule')
      .map(({ message }) => message);
    const found = Object.entries(expressions()).map(([name, expression]) => {
      const fields = messages
        .map((message) => expression.exec(message)?.groups)
        .filter((groups) => groups !== undefined);
      return [name, fields] as const;
    });
    for (const [, fields] of found) {
      for (const { endpoint } of fields) expect(endpoint).toBe(`127.0.0.1:${server.port}`);
    }
    const { call = [], calls = [], state = [], states = [], attempt = [] } = Object.fromEntries(found);
    expect(call[0]).toMatchObject({ operation: 'get', kind: 'wrong-type', ms: expect.stringMatching(/^\d+$/) });
    expect(calls[0]).toMatchObject({ count: expect.stringMatching(/^\d+$/), which: expect.stringContaining('get [') });
    expect(attempt.length).toBeGreaterThan(0);
    expect(state.length).toBeGreaterThanOrEqual(10);
    // on a machine that takes more than a minute for this there are two windows
    expect(states.length).toBeLessThanOrEqual(1);
    // no line is found by two
    const all = found.flatMap(([, fields]) => fields);
    expect(all.length).toBeLessThanOrEqual(messages.length);
  });
});
