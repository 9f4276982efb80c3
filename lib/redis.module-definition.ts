import { ConfigurableModuleBuilder, type ConfigurableModuleAsyncOptions } from '@nestjs/common';
import type { RedisModuleOptions, RedisOptionsFactory } from './interfaces/redis-options.interface.js';
import { REDIS_OPTIONS } from './redis.constants.js';
import { createRedisProviders, redisExports } from './redis.providers.js';

/**
 * What is static: said beside the options, never inside a factory's result.
 *
 * @publicApi
 */
export interface RedisModuleExtras {
  /** Visible to every module without importing it. @default true */
  readonly isGlobal?: boolean;
  /** Name of a further connection. Without it, this is the default connection. */
  readonly name?: string;
}

/** Argument of `RedisModule.forRoot`. @publicApi */
export type RedisModuleRootOptions = RedisModuleOptions & RedisModuleExtras;

/** Argument of `RedisModule.forRootAsync`: `useFactory`, `useClass` or `useExisting`. @publicApi */
export type RedisModuleAsyncOptions = ConfigurableModuleAsyncOptions<RedisModuleOptions, keyof RedisOptionsFactory>
  & RedisModuleExtras;

const EXTRAS: RedisModuleExtras = { isGlobal: true, name: undefined };

/** @internal */
export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<RedisModuleOptions>({
  optionsInjectionToken: REDIS_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createRedisOptions')
  .setExtras(EXTRAS, (definition, { isGlobal, name }) => ({
    ...definition,
    global: isGlobal ?? true,
    providers: [...(definition.providers ?? []), ...createRedisProviders(name)],
    exports: redisExports(name),
  }))
  .build();
