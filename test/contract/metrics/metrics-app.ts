import type { LoggerService } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { Registry } from 'prom-client';
import type { RedisConnectionHandle } from '../../../lib/interfaces/redis-connection.interface.js';
import { ContextCache, ContextModule } from '../../../lib/context/index.js';
import { RedisMetricsModule } from '../../../lib/metrics/index.js';
import type { RedisMetricsModuleOptions } from '../../../lib/metrics/index.js';
import { getRedisConnectionToken } from '../../../lib/redis.constants.js';
import { RedisModule } from '../../../lib/redis.module.js';
import type { RedisModuleRootOptions } from '../../../lib/redis.module-definition.js';
import { RedisService } from '../../../lib/redis.service.js';
import { memoryTier, SessionModule, SessionStore } from '../../../lib/session/index.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';

/** Short deadlines, so that a frozen server costs a test little. */
const QUICK = { commandTimeoutMs: 200, watchdogIntervalMs: 200, connectTimeoutMs: 5_000 } as const;
const SILENT: LoggerService = { log: () => undefined, warn: () => undefined, error: () => undefined };

export type Labels = Readonly<Record<string, string>>;

/** An application with sessions, chat context and metrics on one Redis. */
export class MetricsApp implements TestResource {
  readonly redis: RedisService;
  readonly sessions: SessionStore;
  readonly context: ContextCache;
  readonly connection: RedisConnectionHandle;

  private constructor(
    readonly module: TestingModule,
    readonly registry: Registry,
  ) {
    this.redis = module.get(RedisService);
    this.sessions = module.get(SessionStore);
    this.context = module.get(ContextCache);
    this.connection = module.get(getRedisConnectionToken());
  }

  static async start(redis: RedisModuleRootOptions, options: RedisMetricsModuleOptions = {}): Promise<MetricsApp> {
    const registry = (options.registry ?? new Registry()) as Registry;
    const module = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot({ ...QUICK, ...redis }),
        SessionModule.forRoot({ fallback: [memoryTier()] }),
        ContextModule.forRoot({ maxMessages: 10 }),
        RedisMetricsModule.forRoot({ ...options, registry }),
      ],
    })
      .setLogger(SILENT)
      .compile();
    await module.init();
    return track(new MetricsApp(module, registry));
  }

  scrape(): Promise<string> {
    return this.registry.metrics();
  }

  /** The value of the series with just these labels beside that of the connection; undefined where there is none. */
  async value(name: string, labels: Labels = {}): Promise<number | undefined> {
    return valueOf(await this.scrape(), name, { connection: 'default', ...labels });
  }

  async stop(): Promise<void> {
    untrack(this);
    await this.module.close();
  }
}

/** The value of a series in the text of a scrape. */
export function valueOf(text: string, name: string, labels: Labels): number | undefined {
  const wanted = Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .toSorted()
    .join(',');
  const found = text.split('\n').find((line) => {
    const [, metric, given = ''] = /^(\w+)\{(.*)\} /.exec(line) ?? [];
    return metric === name && given.split(',').toSorted().join(',') === wanted;
  });
  return found === undefined ? undefined : Number(found.slice(found.lastIndexOf(' ') + 1));
}
