import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RedisOtelModuleOptions } from './otel-options.interface.js';
import { OTEL_OPTIONS } from './otel.constants.js';

/** @internal */
export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<RedisOtelModuleOptions>({
  optionsInjectionToken: OTEL_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createRedisOtelOptions')
  .build();
