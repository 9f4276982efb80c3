import type { ConnectionOptions } from 'node:tls';
import { readProperty } from '../errors/read-property.js';
import type { RedisSettings } from '../interfaces/redis-settings.interface.js';
import type { DriverClient, RedisDriver } from './driver.interface.js';
import { ExaminedClient } from './examined.client.js';

/** The same driver, whose clients find out why a port does not let them in. @internal */
export function examined(driver: RedisDriver): RedisDriver {
  return { name: driver.name, create: (settings) => examine(driver.create(settings), settings) };
}

/** A unix socket has one language, and the client of a cluster asks node by node. */
function examine(client: DriverClient, settings: RedisSettings): DriverClient {
  const { endpoint, connectTimeoutMs } = settings;
  if ('path' in endpoint || settings.cluster !== undefined) return client;
  return new ExaminedClient(client, { endpoint, connectTimeoutMs, certificate: certificateOf(client, settings) });
}

const CERTIFICATE = ['cert', 'key', 'pfx', 'passphrase', 'secureContext'] as const;

/** With what the client shows itself in TLS, from our options or the driver's own; undefined without TLS. */
function certificateOf({ driver }: DriverClient, settings: RedisSettings): ConnectionOptions | undefined {
  const { tls, ioredis, nodeRedis } = settings;
  if (tls === undefined) return undefined;
  const own = driver === 'ioredis' ? ioredis['tls'] : nodeRedis['socket'];
  const shown = CERTIFICATE.map((name) => [name, readProperty(tls, name) ?? readProperty(own, name)] as const);
  const { servername } = tls;
  return { ...Object.fromEntries(shown.filter(([, value]) => value !== undefined)), ...(servername && { servername }) };
}
