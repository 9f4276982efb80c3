import type { HostEndpoint, RedisSettings } from '../interfaces/redis-settings.interface.js';
import { hostText } from '../utils/host-text.js';

/** So many seeds of a cluster are named; of the others, how many they are. */
const MOST_SEEDS = 3;

/** `host:port`, the path of a unix socket, or the seeds of a cluster: what may be logged of an address. @internal */
export function endpointText({ endpoint, cluster }: Pick<RedisSettings, 'endpoint' | 'cluster'>): string {
  if (cluster !== undefined) return seedsText(cluster);
  return 'path' in endpoint ? endpoint.path : hostText(endpoint);
}

function seedsText(seeds: readonly HostEndpoint[]): string {
  const named = seeds.slice(0, MOST_SEEDS).map(hostText);
  const others = seeds.length - named.length;
  return [...named, ...(others > 0 ? [`+${others}`] : [])].join(',');
}
