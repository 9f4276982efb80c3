import type { ConnectionOptions } from 'node:tls';
import { readProperty } from '../../errors/read-property.js';
import type { HostEndpoint, RedisSettings } from '../../interfaces/redis-settings.interface.js';
import type { DriverClient, RedisDriver } from '../driver.interface.js';
import { ExaminedClient } from './examined.client.js';
import { PortNotes } from './port-notes.js';

/** The same driver, whose clients find out why a port does not let them in. @internal */
export function examined(driver: RedisDriver): RedisDriver {
  return { name: driver.name, create: (settings) => examine(driver.create(settings), settings) };
}

/**
 * The clients of a cluster's nodes, which find that out too.
 *
 * @param options `own`: where the TLS settings of each node are; undefined without TLS
 * @internal
 */
export function examinedNodes(
  makeNode: (endpoint: HostEndpoint) => DriverClient,
  options: { readonly own: unknown; readonly connectTimeoutMs: number },
): (endpoint: HostEndpoint) => DriverClient {
  const notes = new PortNotes();
  const { own, connectTimeoutMs } = options;
  const certificate = own === undefined ? undefined : certificateOf(own);
  return (endpoint) => new ExaminedClient(makeNode(endpoint), { endpoint, connectTimeoutMs, certificate, notes });
}

/** A unix socket has one language, and the client of a cluster asks node by node. */
function examine(client: DriverClient, settings: RedisSettings): DriverClient {
  const { endpoint, connectTimeoutMs, tls, ioredis, nodeRedis } = settings;
  if ('path' in endpoint || settings.cluster !== undefined) return client;
  const own = client.driver === 'ioredis' ? ioredis['tls'] : nodeRedis['socket'];
  const certificate = tls === undefined ? undefined : { ...certificateOf(own), ...certificateOf(tls) };
  return new ExaminedClient(client, { endpoint, connectTimeoutMs, certificate, notes: new PortNotes() });
}

const SHOWN = ['cert', 'key', 'pfx', 'passphrase', 'secureContext', 'servername'] as const;

/** With what a client shows itself in TLS. */
function certificateOf(own: unknown): ConnectionOptions {
  const shown = SHOWN.map((name) => [name, readProperty(own, name)] as const);
  return Object.fromEntries(shown.filter(([, value]) => value !== undefined));
}
