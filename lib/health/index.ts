export type {
  RedisConsumerDetails,
  RedisExceededLimit,
  RedisHealthDetails,
  RedisMemoryDetails,
  RedisQueueDetails,
  RedisReplicationDetails,
} from './health-details.interface.js';
export type {
  RedisHealthCheckOptions,
  RedisHealthModuleOptions,
  RedisHealthOptionsFactory,
  RedisHealthQueue,
} from './health-options.interface.js';
export { RedisHealthModule } from './health.module.js';
export { RedisHealthIndicator } from './redis.health.js';
