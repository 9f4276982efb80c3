import type { RedisSettings } from '../interfaces/redis-settings.interface.js';

/** `host:port`, or the path of a unix socket: what may be logged of an address. @internal */
export function endpointText({ endpoint }: Pick<RedisSettings, 'endpoint'>): string {
  if ('path' in endpoint) return endpoint.path;
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  return `${host}:${endpoint.port}`;
}
