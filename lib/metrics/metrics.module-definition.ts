import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RedisMetricsModuleOptions } from './metrics-options.interface.js';
import { METRICS_OPTIONS } from './metrics.constants.js';

/** @internal */
export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<RedisMetricsModuleOptions>({
  optionsInjectionToken: METRICS_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createRedisMetricsOptions')
  .build();
