import type { RedisDriverName } from '../interfaces/redis-client.interface.js';
import { readProperty } from '../errors/read-property.js';

type Notes = Readonly<Record<string, string>>;

const ADDRESS = 'is given by the options of this package (url, host, username, password, db, tls)';
const LOOP = 'is decided by this package, which reconnects by one loop of its own';
const QUEUE = 'is decided by this package: nothing may run after its caller was told that it failed';
const CONNECT_DEADLINE = 'is decided by connectTimeoutMs';

/**
 * Driver options that this package sets itself, with the reason; those given are not used. A dot leads into a nested
 * object.
 *
 * @internal
 */
export const OVERRIDDEN_DRIVER_OPTIONS: Readonly<Record<RedisDriverName, Notes>> = {
  ioredis: {
    host: ADDRESS,
    port: ADDRESS,
    path: ADDRESS,
    username: ADDRESS,
    password: ADDRESS,
    db: ADDRESS,
    tls: ADDRESS,
    sentinels: 'is not used: this version serves a standalone server',
    lazyConnect: 'is decided by this package, which connects when it is asked for a client',
    retryStrategy: LOOP,
    reconnectOnError: LOOP,
    connectTimeout: CONNECT_DEADLINE,
    enableOfflineQueue: QUEUE,
    autoResendUnfulfilledCommands: QUEUE,
    maxRetriesPerRequest: QUEUE,
  },
  'node-redis': {
    url: ADDRESS,
    username: ADDRESS,
    password: ADDRESS,
    database: ADDRESS,
    'socket.host': ADDRESS,
    'socket.port': ADDRESS,
    'socket.path': ADDRESS,
    'socket.tls': ADDRESS,
    'socket.reconnectStrategy': LOOP,
    'socket.connectTimeout': CONNECT_DEADLINE,
    disableOfflineQueue: QUEUE,
  },
};

const PREFIX = 'is unsafe to share (BullMQ refuses such a client); use keyPrefix of this package';
const REPLY_TIMER =
  'is unsafe to share: it also ends blocking commands, and duplicates inherit it; there is commandTimeoutMs';

const UNSAFE_DRIVER_OPTIONS: Readonly<Record<RedisDriverName, Notes>> = {
  ioredis: {
    keyPrefix: PREFIX,
    commandTimeout: REPLY_TIMER,
    socketTimeout: REPLY_TIMER,
    stringNumbers: 'is unsafe to share: features of this package expect numbers as numbers',
    readOnly: 'is unsafe to share: the features of this package write',
    monitor: 'is unsafe to share: a monitoring connection takes no commands',
  },
  'node-redis': {
    keyPrefix: PREFIX,
    readonly: 'is unsafe to share: the features of this package write',
    clientSideCache: 'is unsafe to share: while the server does not answer, it serves values of any age',
    'commandOptions.timeout': 'covers only commands that were not written yet; there is commandTimeoutMs',
    'socket.socketTimeout': 'is unsafe to share: writes keep it from ending a dead connection; there is a watchdog',
  },
};

/** What to warn of in the options that are handed on to a driver. @internal */
export function driverOptionWarnings(option: 'ioredis' | 'nodeRedis', given: object): string[] {
  const driver = option === 'ioredis' ? 'ioredis' : 'node-redis';
  const notes = { ...OVERRIDDEN_DRIVER_OPTIONS[driver], ...UNSAFE_DRIVER_OPTIONS[driver] };
  return Object.entries(notes)
    .filter(([path]) => valueAt(given, path) !== undefined)
    .map(([path, note]) => `${option}.${path} ${note}`);
}

function valueAt(given: object, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => readProperty(inner, key), given);
}
