import type { RedisEndpoint } from '../interfaces/redis-settings.interface.js';

/** Whether the traffic never leaves this machine: a unix socket, or the loopback interface. @internal */
export function isLocalEndpoint(endpoint: RedisEndpoint): boolean {
  if ('path' in endpoint) return true;
  const host = endpoint.host.toLowerCase();
  return host === 'localhost' || host === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(host);
}
