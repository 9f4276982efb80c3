import type { RedisEndpoint } from '../interfaces/redis-settings.interface.js';
import type { AddressSettings } from './address-settings.js';
import { isLocalEndpoint } from './is-local-endpoint.js';

/** The hosts that are reached over a network in plain text, sentinels too. @internal */
export function plainTextHosts(address: AddressSettings): string[] {
  return address.sentinel === undefined ? plainServers(address) : plainBehindSentinels(address);
}

function plainServers({ endpoint, cluster, tls }: AddressSettings): string[] {
  return tls === undefined ? distant(cluster ?? [endpoint]) : [];
}

/** Where the server is only the sentinels know: near or not, it may be another one tomorrow. */
function plainBehindSentinels({ sentinel, tls }: AddressSettings): string[] {
  const sentinels = sentinel?.tls === undefined ? distant(sentinel?.nodes ?? []) : [];
  return tls === undefined ? [...sentinels, 'the server that the sentinels name'] : sentinels;
}

function distant(endpoints: readonly RedisEndpoint[]): string[] {
  return endpoints.flatMap((endpoint) => ('host' in endpoint && !isLocalEndpoint(endpoint) ? [endpoint.host] : []));
}
