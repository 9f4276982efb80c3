import { Inject, Module } from '@nestjs/common';
import type {
  ConfigurableModuleAsyncOptions,
  DynamicModule,
  OnApplicationShutdown,
  OnModuleInit,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { getRedisConnectionToken } from '../redis.constants.js';
import { METRICS_MEMBER } from './metrics.constants.js';
import type { MetricsMember } from './metrics.member.js';
import { ConfigurableModuleClass } from './metrics.module-definition.js';
import type { RedisMetricsModuleOptions, RedisMetricsOptionsFactory } from './metrics-options.interface.js';
import { memberProvider } from './metrics.providers.js';

/**
 * Keeps metrics of the app's connections, and of what lives on them, in a registry of prom-client. Import it beside
 * `RedisModule`, as it is or with `forRoot({ … })`; serve the registry by `@willsoto/nestjs-prometheus` or by a
 * controller of your own.
 *
 * A scrape waits for a server no longer than `timeoutMs`, and never fails because of one. Faulty options fail the boot
 * with a `RedisError` of kind `configuration`.
 *
 * @example
 * \@Controller('metrics')
 * export class MetricsController {
 *   \@Get()
 *   \@Header('content-type', register.contentType)
 *   read(): Promise<string> {
 *     return register.metrics();
 *   }
 * }
 *
 * @publicApi
 */
@Module({ providers: [memberProvider] })
export class RedisMetricsModule extends ConfigurableModuleClass implements OnModuleInit, OnApplicationShutdown {
  /** @internal */
  constructor(
    @Inject(METRICS_MEMBER) private readonly member: MetricsMember,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {
    super();
  }

  /** Options by hand, each with a default. */
  static override forRoot(options: RedisMetricsModuleOptions = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Options from a factory, a class or an existing provider. What happens before it has answered is not counted. */
  static override forRootAsync(
    options: ConfigurableModuleAsyncOptions<RedisMetricsModuleOptions, keyof RedisMetricsOptionsFactory>,
  ): DynamicModule {
    return super.forRootAsync(options);
  }

  /** @internal */
  onModuleInit(): void {
    const get = (name: string): RedisConnectionHandle =>
      this.moduleRef.get(getRedisConnectionToken(name), { strict: false });
    this.member.watch(this.member.connections.map(get));
  }

  /** After the HTTP server was drained: a last scrape is served. @internal */
  onApplicationShutdown(): void {
    this.member.end();
  }
}
