import type { RedisModuleOptions } from '../interfaces/redis-options.interface.js';

// A record, so that the compiler tells when an option is missing here.
const OPTIONS: Readonly<Record<keyof RedisModuleOptions, true>> = {
  enabled: true,
  driver: true,
  url: true,
  host: true,
  port: true,
  username: true,
  password: true,
  db: true,
  tls: true,
  requireTls: true,
  keyPrefix: true,
  connectTimeoutMs: true,
  commandTimeoutMs: true,
  shutdownTimeoutMs: true,
  watchdogIntervalMs: true,
  boot: true,
  breaker: true,
  ioredis: true,
  nodeRedis: true,
  client: true,
  sentinel: true,
  cluster: true,
};

/** Every option there is. @internal */
export const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

const STATIC = 'is static: give it beside the options of forRoot or forRootAsync, not inside what a factory returns';
const IOREDIS = 'is an option of ioredis; such options go into ioredis: { … }';

/** What to say of names that are taken for options often. @internal */
export const MISTAKEN_NAMES: Readonly<Record<string, string>> = {
  name: STATIC,
  isGlobal: STATIC,
  path: 'is not an option; a unix socket is given as url: unix:///path/of/the/socket',
  user: 'is not an option; did you mean username?',
  database: 'is not an option; did you mean db?',
  prefix: 'is not an option; did you mean keyPrefix?',
  timeout: 'is not an option; did you mean connectTimeoutMs or commandTimeoutMs?',
  socket: 'is an option of node-redis; such options go into nodeRedis: { … }',
  retryStrategy: IOREDIS,
  lazyConnect: IOREDIS,
  enableOfflineQueue: IOREDIS,
  maxRetriesPerRequest: IOREDIS,
};

/** What a client that is handed in has already decided. @internal */
export const NOT_BESIDE_CLIENT: readonly string[] = [
  'url',
  'host',
  'port',
  'username',
  'password',
  'db',
  'tls',
  'requireTls',
  'ioredis',
  'nodeRedis',
  'sentinel',
  'cluster',
];
