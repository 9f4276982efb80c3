import type { Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { connectionOfToken } from '../redis.constants.js';
import { METRICS_MEMBER, METRICS_OPTIONS } from './metrics.constants.js';
import { MetricsMember } from './metrics.member.js';
import type { RedisMetricsModuleOptions } from './metrics-options.interface.js';
import { metricsError, validateMetricsOptions } from './validate-metrics-options.js';

/**
 * Waits for no connection: what is counted of them begins before they are made. Their names are known by then, as every
 * module was read before the first provider is made.
 *
 * @internal
 */
export const memberProvider: Provider = {
  provide: METRICS_MEMBER,
  inject: [{ token: METRICS_OPTIONS, optional: true }, ModulesContainer],
  useFactory: (options: RedisMetricsModuleOptions | undefined, modules: ModulesContainer): MetricsMember => {
    const settings = validateMetricsOptions(options ?? {});
    const present = connectionsOf(modules);
    const wanted = settings.connections ?? present;
    const missing = wanted.filter((name) => !present.includes(name));
    if (missing.length > 0) throw metricsError(notFound(`connection '${missing.join("', '")}'`));
    if (wanted.length === 0) throw metricsError(notFound('connection'));
    return new MetricsMember([...new Set(wanted)], settings);
  },
};

function notFound(what: string): string {
  return `The Redis metrics find no ${what}. Import RedisModule.forRoot() for it.`;
}

function connectionsOf(modules: ModulesContainer): string[] {
  const tokens = [...modules.values()].flatMap(({ providers }) => [...providers.keys()]);
  return tokens.map(connectionOfToken).filter((name) => name !== undefined);
}
