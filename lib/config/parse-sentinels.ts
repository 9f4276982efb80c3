import { REDIS_DEFAULTS } from '../redis.constants.js';
import type { HostEndpoint } from '../interfaces/redis-settings.interface.js';
import { parseHost } from './parse-host.js';
import type { HostResult } from './parse-host.js';

/** What a list of sentinels says. @internal */
export interface SentinelList {
  readonly nodes: readonly HostEndpoint[];
  /** The scheme that they have; undefined where none has one. */
  readonly scheme?: 'redis' | 'rediss';
}

type Fault = { readonly fault: string };

/**
 * Reads `host:port,host:port`, with or without a scheme, or says what is wrong with it in words that show nothing
 * of it.
 *
 * @internal
 */
export function parseSentinels(text: string): SentinelList | Fault {
  const parts = text.split(',').map((part) => /^(?:(rediss?):\/\/)?(.*?)\/?$/is.exec(part.trim()));
  const hosts = parts.map((part) => parseSentinel(part?.[2] ?? ''));
  const bad = hosts.find((host) => 'fault' in host);
  if (bad !== undefined && 'fault' in bad)
    return { fault: `must be a list such as host:26379,other:26379; one ${bad.fault}` };
  const schemes = new Set(parts.flatMap((part) => part?.[1]?.toLowerCase() ?? []));
  if (schemes.size > 1) return { fault: 'mixes redis:// and rediss://; give all of them the same scheme' };
  const [scheme] = schemes;
  const nodes = hosts.filter((host) => 'host' in host);
  return scheme === 'redis' || scheme === 'rediss' ? { nodes, scheme } : { nodes };
}

function parseSentinel(text: string): HostResult {
  if (text.includes('@')) {
    return { fault: 'has a login, which belongs into REDIS_SENTINEL_USERNAME and REDIS_SENTINEL_PASSWORD' };
  }
  return parseHost(text, REDIS_DEFAULTS.sentinelPort);
}
