export { RedisModule } from './redis.module.js';
export type { RedisModuleAsyncOptions, RedisModuleExtras, RedisModuleRootOptions } from './redis.module-definition.js';
export { RedisService } from './redis.service.js';
export { RedisClientFactory, StandaloneRedis } from './redis-client.factory.js';
export { InjectRedis } from './redis.decorator.js';
export { getRedisServiceToken, getRedisToken, REDIS_CLIENT } from './redis.constants.js';
export { redisOptionsFromEnv } from './config/redis-options-from-env.js';
export { defineScript } from './commands/define-script.js';
export { isOutage } from './errors/is-outage.js';
export { isRedisError, RedisError, type RedisErrorInit } from './errors/redis.error.js';
export { REDIS_ERROR_KINDS, type RedisErrorKind, type RedisErrorOutcome } from './errors/redis-error-kind.js';
export type * from './interfaces/redis-cache.interface.js';
export type * from './interfaces/redis-client.interface.js';
export type * from './interfaces/redis-commands.interface.js';
export type { EnsureReadyOptions, RedisConsumer } from './interfaces/redis-connection.interface.js';
export type * from './interfaces/redis-options.interface.js';
export type * from './interfaces/redis-state.interface.js';
export type { RedisTraceEvent } from './utils/operation-trace.js';
export type {
  RedisBreakerEvent,
  RedisCacheEvent,
  RedisConnectionErrorEvent,
  RedisInitializationEvent,
  RedisOperationEvent,
  RedisReconnectAttemptEvent,
  RedisStateEvent,
} from './utils/redis-events.js';
