import type { RedisSentinelSettings, RedisSettings } from '../../interfaces/redis-settings.interface.js';
import { SENTINEL_ANSWER_MS } from './sentinel-link.js';

/** What of the driver's own options is about the network, and not about the server behind it. */
const NETWORK = {
  ioredis: ['family', 'keepAlive', 'noDelay', 'protocol', 'tls'],
  nodeRedis: ['RESP', 'socket'],
} as const;

/**
 * The settings of the clients to the sentinels: to the first of them, until they are aimed. Login and TLS are the
 * sentinels' own: the server's password is for the server, and so are the driver's options that could hold one.
 *
 * @internal
 */
export function sentinelClientSettings(settings: RedisSettings, sentinel: RedisSentinelSettings): RedisSettings {
  const { nodes, username, password, tls } = sentinel;
  return {
    ...withoutServer(settings),
    endpoint: nodes[0],
    db: 0,
    connectTimeoutMs: SENTINEL_ANSWER_MS,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && { tls }),
    ioredis: pick(
      settings.ioredis,
      NETWORK.ioredis.filter((name) => tls !== undefined || name !== 'tls'),
    ),
    nodeRedis: nodeRedisOptions(settings.nodeRedis, tls !== undefined),
  };
}

/** What leads to the server, and lets in there. */
const SERVER = ['sentinel', 'cluster', 'username', 'password', 'tls'] as const;

function withoutServer(settings: RedisSettings): Omit<RedisSettings, (typeof SERVER)[number]> {
  const others = Object.entries(settings).filter(([name]) => !(SERVER as readonly string[]).includes(name));
  return Object.fromEntries(others) as unknown as RedisSettings;
}

type DriverOptions = Readonly<Record<string, unknown>>;

function pick(options: object, names: readonly string[]): DriverOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
}

function nodeRedisOptions(given: DriverOptions, withTls: boolean): DriverOptions {
  const { socket, ...rest } = pick(given, NETWORK.nodeRedis);
  if (typeof socket !== 'object' || socket === null) return rest;
  const names = Object.keys(socket).filter((name) => withTls || name !== 'tls');
  return { ...rest, socket: pick(socket, names) };
}
