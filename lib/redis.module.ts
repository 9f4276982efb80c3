import {
  Inject,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  type DynamicModule,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { ConnectionSlot } from './connection/connection-slot.js';
import { toRedisError } from './errors/to-redis-error.js';
import { closeBooting, endBoot } from './redis.booting.js';
import { getRedisToken, REDIS_SLOT } from './redis.constants.js';
import {
  ConfigurableModuleClass,
  type RedisModuleAsyncOptions,
  type RedisModuleRootOptions,
} from './redis.module-definition.js';
import { isImportedAfterBullModule } from './redis.module-order.js';

/**
 * One Redis connection for the whole app, behind the token `REDIS_CLIENT`. Import it first: it closes last.
 *
 * @example
 * RedisModule.forRootAsync({
 *   inject: [ConfigService],
 *   useFactory: (config: ConfigService) => redisOptionsFromEnv((name) => config.get(name)),
 * })
 *
 * @publicApi
 */
@Module({})
export class RedisModule
  extends ConfigurableModuleClass
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger(RedisModule.name);

  /** @internal */
  constructor(
    @Inject(REDIS_SLOT) private readonly slot: ConnectionSlot,
    private readonly modules: ModulesContainer,
  ) {
    super();
  }

  /** Options by hand. `isGlobal` and `name` beside them. */
  static override forRoot(options: RedisModuleRootOptions): DynamicModule {
    return super.forRoot(options);
  }

  /** Options from a factory, a class or an existing provider. `isGlobal` and `name` beside them. */
  static override forRootAsync(options: RedisModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(options);
  }

  /**
   * Closes the connections of apps that have not booted: for whoever goes on after `NestFactory.create` with
   * `abortOnError: false`, or `compile()` of a test, was rejected, since Nest closes nothing then. Also those of an app
   * that is still booting, or that was compiled and never initialized.
   *
   * @example
   * const app = await NestFactory.create(AppModule, { abortOnError: false }).catch(async (error: unknown) => {
   *   await RedisModule.closeFailedBoot();
   *   throw error;
   * });
   */
  static closeFailedBoot(): Promise<void> {
    return closeBooting();
  }

  /** @internal */
  onModuleInit(): void {
    if (!isImportedAfterBullModule(this.modules, getRedisToken(this.slot.name))) return;
    this.logger.warn(
      'RedisModule is imported after BullModule, so it closes before the workers do. Import RedisModule first.',
    );
  }

  /** @internal */
  onApplicationBootstrap(): void {
    if (this.slot.connection !== undefined) endBoot(this.slot.connection);
  }

  /** @internal */
  beforeApplicationShutdown(): void {
    this.slot.connection?.stopClock.begin();
  }

  /** @internal */
  async onApplicationShutdown(): Promise<void> {
    try {
      await this.slot.connection?.close();
    } catch (error) {
      this.logger.error(toRedisError(error, { operation: 'close' }).message);
    }
  }
}
