export type { RedisMetricsModuleOptions, RedisMetricsOptionsFactory } from './metrics-options.interface.js';
export { RedisMetricsModule } from './metrics.module.js';
