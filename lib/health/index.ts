export type { RedisConsumerDetails, RedisHealthDetails, RedisMemoryDetails } from './health-details.interface.js';
export type {
  RedisHealthCheckOptions,
  RedisHealthModuleOptions,
  RedisHealthOptionsFactory,
} from './health-options.interface.js';
export { RedisHealthModule } from './health.module.js';
export { RedisHealthIndicator } from './redis.health.js';
