export type { RedisOtelModuleOptions, RedisOtelOptionsFactory } from './otel-options.interface.js';
export { RedisOtelModule } from './otel.module.js';
