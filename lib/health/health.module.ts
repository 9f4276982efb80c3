import { Global, Module } from '@nestjs/common';
import type { ConfigurableModuleAsyncOptions, DynamicModule } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { ConfigurableModuleClass } from './health.module-definition.js';
import type { RedisHealthModuleOptions, RedisHealthOptionsFactory } from './health-options.interface.js';
import { RedisHealthIndicator } from './redis.health.js';

/**
 * Makes `RedisHealthIndicator` injectable everywhere. Import it beside `RedisModule` and terminus' own module, as it is
 * or with `forRoot({ … })` for other defaults.
 *
 * @example
 * imports: [TerminusModule, RedisHealthModule]
 *
 * @publicApi
 */
@Global()
@Module({
  providers: [HealthIndicatorService, RedisHealthIndicator],
  exports: [RedisHealthIndicator],
})
export class RedisHealthModule extends ConfigurableModuleClass {
  /** Defaults for every check. */
  static override forRoot(options: RedisHealthModuleOptions = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Defaults for every check, from a factory, a class or an existing provider. */
  static override forRootAsync(
    options: ConfigurableModuleAsyncOptions<RedisHealthModuleOptions, keyof RedisHealthOptionsFactory>,
  ): DynamicModule {
    return super.forRootAsync(options);
  }
}
