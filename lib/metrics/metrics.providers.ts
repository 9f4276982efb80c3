import type { Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { RedisError } from '../errors/redis.error.js';
import { namedConnections } from '../telemetry/named-connections.js';
import { METRICS_MEMBER, METRICS_OPTIONS } from './metrics.constants.js';
import { MetricsMember } from './metrics.member.js';
import type { RedisMetricsModuleOptions } from './metrics-options.interface.js';
import { metricsError, validateMetricsOptions } from './validate-metrics-options.js';

/**
 * Waits for no connection: what is counted of them begins before they are made.
 *
 * @internal
 */
export const memberProvider: Provider = {
  provide: METRICS_MEMBER,
  inject: [{ token: METRICS_OPTIONS, optional: true }, ModulesContainer],
  useFactory: (options: RedisMetricsModuleOptions | undefined, modules: ModulesContainer): MetricsMember => {
    const settings = validateMetricsOptions(options ?? {});
    return new MetricsMember(namedConnections(modules, settings.connections, notFound), settings);
  },
};

function notFound(what: string): RedisError {
  return metricsError(`The Redis metrics find no ${what}. Import RedisModule.forRoot() for it.`);
}
