import type { DynamicModule, LoggerService, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { ContextCache, ContextModule } from '../../../lib/context/index.js';
import type { ContextModuleOptions } from '../../../lib/context/index.js';
import type { RedisConnectionHandle } from '../../../lib/interfaces/redis-connection.interface.js';
import { RedisOtelModule } from '../../../lib/otel/index.js';
import type { RedisOtelModuleOptions } from '../../../lib/otel/index.js';
import { getRedisConnectionToken } from '../../../lib/redis.constants.js';
import { RedisModule } from '../../../lib/redis.module.js';
import type { RedisModuleRootOptions } from '../../../lib/redis.module-definition.js';
import { RedisService } from '../../../lib/redis.service.js';
import { memoryTier, SessionModule, SessionStore } from '../../../lib/session/index.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';
import { Telemetry } from './telemetry.js';

/** Short deadlines, so that a frozen server costs a test little. */
const QUICK = { commandTimeoutMs: 200, watchdogIntervalMs: 200, connectTimeoutMs: 5_000 } as const;
const SILENT: LoggerService = { log: () => undefined, warn: () => undefined, error: () => undefined };

export interface OtelAppOptions {
  readonly otel?: RedisOtelModuleOptions;
  readonly context?: ContextModuleOptions;
  readonly imports?: readonly (DynamicModule | Type)[];
}

/** An application with sessions, chat context and OpenTelemetry on one Redis. */
export class OtelApp implements TestResource {
  readonly redis: RedisService;
  readonly sessions: SessionStore;
  readonly context: ContextCache;
  readonly connection: RedisConnectionHandle;

  private constructor(
    readonly module: TestingModule,
    readonly telemetry: Telemetry,
  ) {
    this.redis = module.get(RedisService);
    this.sessions = module.get(SessionStore);
    this.context = module.get(ContextCache);
    this.connection = module.get(getRedisConnectionToken());
  }

  static async start(redis: RedisModuleRootOptions, options: OtelAppOptions = {}): Promise<OtelApp> {
    const telemetry = new Telemetry();
    const { meterProvider, tracerProvider } = telemetry;
    const module = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot({ ...QUICK, ...redis }),
        SessionModule.forRoot({ fallback: [memoryTier()] }),
        ContextModule.forRoot({ maxMessages: 10, ...options.context }),
        RedisOtelModule.forRoot({ meterProvider, tracerProvider, ...options.otel }),
        ...(options.imports ?? []),
      ],
    })
      .setLogger(SILENT)
      .compile();
    await module.init();
    return track(new OtelApp(module, telemetry));
  }

  async stop(): Promise<void> {
    untrack(this);
    await this.module.close();
    await this.telemetry.stop();
  }
}
