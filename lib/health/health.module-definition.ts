import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RedisHealthModuleOptions } from './health-options.interface.js';
import { HEALTH_OPTIONS } from './health.constants.js';

/** @internal */
export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<RedisHealthModuleOptions>({
  optionsInjectionToken: HEALTH_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createRedisHealthOptions')
  .build();
