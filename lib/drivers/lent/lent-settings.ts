import { REDIS_DEFAULTS } from '../../redis.constants.js';
import { readProperty, readText } from '../../errors/read-property.js';
import type { RedisEndpoint, RedisSettings } from '../../interfaces/redis-settings.interface.js';
import { identifyClient, isClusterClient } from '../identify-client.js';
import { lentClientWarnings } from './lent-client-warnings.js';
import { clusterOptionsOf, seedsOf } from './lent-cluster.js';

/**
 * The settings of a connection on a client that was handed in: where it leads to, so that errors name the right server,
 * its password, so that they do not show it, and what is unsafe about sharing it.
 *
 * @internal
 */
export function toLentSettings(settings: RedisSettings, client: unknown): RedisSettings {
  const isCluster = typeof client === 'object' && client !== null && isClusterClient(client);
  const options = isCluster ? clusterOptionsOf(client) : readProperty(client, 'options');
  const password = readText(options, 'password');
  return {
    ...settings,
    enabled: true,
    endpoint: endpointOf(client, options) ?? settings.endpoint,
    ...(isCluster ? { cluster: seedsOf(client) } : {}),
    ...(password === undefined ? {} : { password }),
    warnings: [...settings.warnings, ...lentClientWarnings(client, options)],
  };
}

function endpointOf(client: unknown, options: unknown): RedisEndpoint | undefined {
  const address = identifyClient(client) === 'node-redis' ? readProperty(options, 'socket') : options;
  const path = readText(address, 'path');
  if (path !== undefined && path !== '') return { path };
  const port = Number(readProperty(address, 'port') ?? REDIS_DEFAULTS.port);
  return address === undefined ? undefined : { host: readText(address, 'host') ?? 'localhost', port };
}
