import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { validateHealthOptions } from '../../../lib/health/validate-health-options.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { ReadmeApp } from '../support/readme-app.js';
import { ROOT } from '../support/repository.js';

const PAGE = 'docs/HEALTH.md';
const BUILD = "const { ensureLibraryBuilt } = await import('./scripts/lib/build.mjs'); await ensureLibraryBuilt();";

/** What the page leaves to its reader: an app whose sessions have nothing but Redis. */
const BESIDES = {
  'index.ts': `
import 'reflect-metadata';
import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisModule, redisOptionsFromEnv } from 'nestjs-redis-hub';
import { QueueConnection, QueueConnectionModule } from 'nestjs-redis-hub/bullmq';
import { SessionModule } from 'nestjs-redis-hub/session';
import { HealthModule } from './health.module.js';

@Module({
  imports: [
    RedisModule.forRoot({ ...redisOptionsFromEnv((name) => process.env[name]), boot: 'degrade' }),
    SessionModule.forRoot({ fallback: [] }),
    BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
    HealthModule,
  ],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
app.enableShutdownHooks([], { useProcessExit: true });
await app.listen(Number(process.env['PORT']), '127.0.0.1');
console.log('listening');
`,
};

/** The probes of the page, by their name. */
function probes(): Record<string, string> {
  const yaml = readPage(PAGE).blocks.find(({ language }) => language === 'yaml')?.code ?? '';
  return Object.fromEntries([...yaml.matchAll(/^(\w+)Probe:\n\s+httpGet: \{ path: (\S+),/gm)].map(([, ...of]) => of));
}

describe('the page on health', () => {
  it('has every option, and no other', () => {
    const named = tableOf(readPage(PAGE), 'option').rows.flatMap(([option = '']) => codeSpans(option));
    const refusal = (): unknown => validateHealthOptions(Object.fromEntries(named.map((name) => [name, null])));
    expect(refusal).toThrow(new RegExp(named.map((name) => `${name} must.*`).join('')));
    expect(refusal).not.toThrow(/is not an option/);
    expect(named).toHaveLength(9);
  });

  it('has probes that answer as they should: before Redis is there, while it is, and when it is gone', async () => {
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', BUILD], { cwd: ROOT });
    const server = await RedisTestServer.start();
    await server.kill();
    const app = ReadmeApp.create(BESIDES, PAGE);
    expect(await app.compile()).toBe('');
    await app.start('index.js', { REDIS_URL: server.url });
    const ask = async (path: string): Promise<number> => (await app.fetch(path)).status;
    const answers = async (): Promise<Record<string, number>> =>
      Object.fromEntries(
        await Promise.all(Object.entries(probes()).map(async ([name, path]) => [name, await ask(path)] as const)),
      );
    expect(await answers()).toEqual({ startup: 503, liveness: 200, readiness: 503 });

    await server.restart();
    await eventually(async () => (await answers())['readiness'] === 200);
    expect(await answers()).toEqual({ startup: 200, liveness: 200, readiness: 200 });
    const { details } = (await (await app.fetch(probes()['readiness'] ?? '')).json()) as { details: object };
    expect(details).toMatchObject({ redis: { status: 'up', queues: [{ name: 'answers', backlog: 0 }] } });

    await server.kill();
    await eventually(async () => (await answers())['readiness'] === 503);
    expect(await answers()).toEqual({ startup: 200, liveness: 200, readiness: 503 });
    expect((await app.terminate()).code).toBe(0);
    await app.stop();
    await server.stop();
  });
});
