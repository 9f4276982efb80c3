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
import { OTEL_MEMBER } from './otel.constants.js';
import type { OtelMember } from './otel.member.js';
import { ConfigurableModuleClass } from './otel.module-definition.js';
import type { RedisOtelModuleOptions, RedisOtelOptionsFactory } from './otel-options.interface.js';
import { memberProvider } from './otel.providers.js';

/**
 * Tells OpenTelemetry of the app's connections and of what lives on them: spans of the calls of sessions, chat context and
 * cache, with the driver's commands below them, and metrics. Import it beside `RedisModule`, as it is or with
 * `forRoot({ … })`; start the SDK before the app.
 *
 * A collection of the metrics waits for a server no longer than `timeoutMs`, and never fails because of one; nor does a
 * call because of the SDK. Faulty options fail the boot with a `RedisError` of kind `configuration`.
 *
 * @example
 * \@Module({ imports: [RedisModule.forRoot({ url }), RedisOtelModule] })
 * export class AppModule {}
 *
 * @publicApi
 */
@Module({ providers: [memberProvider] })
export class RedisOtelModule extends ConfigurableModuleClass implements OnModuleInit, OnApplicationShutdown {
  /** @internal */
  constructor(
    @Inject(OTEL_MEMBER) private readonly member: OtelMember,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {
    super();
  }

  /** Options by hand, each with a default. */
  static override forRoot(options: RedisOtelModuleOptions = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Options from a factory, a class or an existing provider. What happens before it has answered is not told. */
  static override forRootAsync(
    options: ConfigurableModuleAsyncOptions<RedisOtelModuleOptions, keyof RedisOtelOptionsFactory>,
  ): DynamicModule {
    return super.forRootAsync(options);
  }

  /** @internal */
  onModuleInit(): void {
    const get = (name: string): RedisConnectionHandle =>
      this.moduleRef.get(getRedisConnectionToken(name), { strict: false });
    this.member.watch(this.member.connections.map(get));
  }

  /** After the HTTP server was drained: its last requests are told of. @internal */
  onApplicationShutdown(): void {
    this.member.end();
  }
}
