import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import { RedisModule } from 'nestjs-redis-hub';
import { QueueConnection, QueueConnectionModule } from 'nestjs-redis-hub/bullmq';
import { ContextModule } from 'nestjs-redis-hub/context';
import type { ContextModuleOptions } from 'nestjs-redis-hub/context';
import { RedisHealthModule } from 'nestjs-redis-hub/health';
import { RedisMetricsModule } from 'nestjs-redis-hub/metrics';
import { SessionModule } from 'nestjs-redis-hub/session';
import type { AppSettings } from '../protocol.js';
import { APP_SETTINGS } from './app-settings.js';
import { report } from './complain.js';
import { ChatDatabase, ChatDatabaseModule } from './chat-database.js';
import { FALLBACK_TIERS, FallbackTiers } from './fallback-tiers.js';
import { HealthModule } from './health.controller.js';
import { METRICS } from './verbs/exported.verbs.js';
import { VERBS } from './verbs/index.js';
import { JobLog, QUEUE, QueueListener, QueueWorker } from './verbs/queue.verbs.js';

/** The app that is tried: every consumer on one connection, as the README says. */
@Module({})
export class FaultAppModule {
  static of(settings: AppSettings): DynamicModule {
    const tiers = new FallbackTiers(settings);
    return {
      module: FaultAppModule,
      imports: [
        RedisModule.forRootAsync({
          useFactory: () => {
            report({ type: 'begun' });
            return Promise.resolve(settings.redis);
          },
        }),
        SessionModule.forRoot({ ttlMs: 600_000, fallback: tiers.list }),
        ContextModule.forRootAsync({
          imports: [ChatDatabaseModule],
          inject: [ChatDatabase],
          useFactory: (database: ChatDatabase) => contextOptions(settings, database),
        }),
        ChatDatabaseModule,
        RedisHealthModule,
        RedisMetricsModule.forRoot({ registry: METRICS, timeoutMs: 500 }),
        HealthModule,
        ...(settings.queues === false ? [] : queueModules()),
      ],
      providers: [
        { provide: APP_SETTINGS, useValue: settings },
        { provide: FALLBACK_TIERS, useValue: tiers },
        ...(settings.queues === false ? WITHOUT_QUEUES : [JobLog, QueueWorker, QueueListener, ...Object.values(VERBS)]),
      ],
    };
  }
}

const WITHOUT_QUEUES = Object.values(VERBS).filter((verbs) => verbs !== VERBS['queue'] && verbs !== VERBS['strain']);

function queueModules(): DynamicModule[] {
  return [
    BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
    BullModule.registerQueue({ name: QUEUE }),
  ];
}

function contextOptions({ fallbacks, context }: AppSettings, database: ChatDatabase): ContextModuleOptions {
  if (!fallbacks) return { onUnavailable: 'throw' };
  return { loader: (chat, options) => database.load(chat, options), ...context };
}
