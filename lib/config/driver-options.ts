import { readProperty } from '../errors/read-property.js';
import { isPlainObject } from './describe-value.js';

/** The option of ours whose value goes to a driver. @internal */
export type DriverOption = 'ioredis' | 'nodeRedis';

type DriverOptions = Readonly<Record<string, unknown>>;
type Notes = Readonly<Record<DriverOption, Readonly<Record<string, string>>>>;

const ADDRESS = 'is given by the options of this package (url, host, username, password, db, tls)';
const SENTINEL = 'is given by sentinel of this package';
const SEEDS = 'is given by url or cluster of this package; options of nodes stand beside those of the whole';
const MASTERS = 'is decided by this package: a replica may not have what was just written';
const ONCE = 'is decided by this package: sent again to another node, a command could run twice';
const LOOP = 'is decided by this package, which reconnects by one loop of its own';
const QUEUE = 'is decided by this package: nothing may run after its caller was told that it failed';
const CLIENT_INFO = 'is decided by this package: its replies hide what a server says that has no place left';
const CONNECT_DEADLINE = 'is decided by connectTimeoutMs';

// What this package sets itself, and why. A dot leads into a nested object.
const OVERRIDDEN: Notes = {
  ioredis: {
    host: ADDRESS,
    port: ADDRESS,
    path: ADDRESS,
    username: ADDRESS,
    password: ADDRESS,
    db: ADDRESS,
    name: SENTINEL,
    sentinelUsername: SENTINEL,
    sentinelPassword: SENTINEL,
    sentinelTLS: SENTINEL,
    enableTLSForSentinelMode: SENTINEL,
    lazyConnect: 'is decided by this package, which connects when it is asked for a client',
    retryStrategy: LOOP,
    reconnectOnError: LOOP,
    connectTimeout: CONNECT_DEADLINE,
    enableOfflineQueue: QUEUE,
    autoResendUnfulfilledCommands: QUEUE,
    maxRetriesPerRequest: QUEUE,
    enableReadyCheck: 'is decided by this package, which asks the server itself, with a deadline',
    disableClientInfo: CLIENT_INFO,
    disconnectTimeout: 'is decided by this package: a frozen server never says goodbye',
    redisOptions: SEEDS,
    useSRVRecords: SEEDS,
    resolveSrv: SEEDS,
    clusterRetryStrategy: LOOP,
    clusterNodeRetryStrategy: LOOP,
    scaleReads: MASTERS,
    retryDelayOnFailover: ONCE,
    retryDelayOnClusterDown: ONCE,
    keyPrefix: 'is not used, since BullMQ refuses such a client; use keyPrefix of this package',
  },
  nodeRedis: {
    url: ADDRESS,
    username: ADDRESS,
    password: ADDRESS,
    database: ADDRESS,
    'socket.host': ADDRESS,
    'socket.port': ADDRESS,
    'socket.path': ADDRESS,
    'socket.reconnectStrategy': LOOP,
    'socket.connectTimeout': CONNECT_DEADLINE,
    disableOfflineQueue: QUEUE,
    disableClientInfo: CLIENT_INFO,
    rootNodes: SEEDS,
    defaults: SEEDS,
    minimizeConnections: 'is decided by this package, which connects to every master',
    useReplicas: MASTERS,
    topologyRefreshOnReconnectionAttemptStrategy: LOOP,
  },
};

const REPLY_TIMER =
  'is unsafe to share: it also ends blocking commands, and duplicates inherit it; there is commandTimeoutMs';

// What reaches the driver as it is, and does harm to one client that many share.
const UNSAFE: Notes = {
  ioredis: {
    commandTimeout: REPLY_TIMER,
    socketTimeout: REPLY_TIMER,
    stringNumbers: 'is unsafe to share: features of this package expect numbers as numbers',
    readOnly: 'is unsafe to share: the features of this package write',
    monitor: 'is unsafe to share: a monitoring connection takes no commands',
  },
  nodeRedis: {
    keyPrefix: 'is no option of node-redis; use keyPrefix of this package',
    readonly: 'is unsafe to share: the features of this package write',
    clientSideCache: 'is unsafe to share: while the server does not answer, it serves values of any age',
    'commandOptions.timeout': 'covers only commands that were not written yet; there is commandTimeoutMs',
    'socket.socketTimeout': 'is unsafe to share: writes keep it from ending a dead connection; there is a watchdog',
  },
};

// What leads to other servers than those that this package knows of: it would be a connection past all checks.
const REFUSED: Notes = {
  ioredis: { sentinels: 'is not for the driver alone; use sentinel of this package' },
  nodeRedis: {
    sentinelRootNodes: 'is not for the driver alone; use sentinel of this package',
    rootNodes: 'is not for the driver alone; use cluster of this package, or a url of several hosts',
  },
};

// Where each driver is told to use TLS.
const TLS_SWITCH: Readonly<Record<DriverOption, string>> = { ioredis: 'tls', nodeRedis: 'socket.tls' };

/** What to warn of in the options that are handed on to a driver. @internal */
export function driverOptionWarnings(option: DriverOption, given: DriverOptions): string[] {
  return Object.entries({ ...OVERRIDDEN[option], ...UNSAFE[option] })
    .filter(([path]) => valueAt(given, path) !== undefined)
    .map(([path, note]) => `${option}.${path} ${note}`);
}

/** What may not be handed on to a driver at all, and why. @internal */
export function driverOptionFaults(option: DriverOption, given: DriverOptions): [path: string, text: string][] {
  return Object.entries(REFUSED[option])
    .filter(([path]) => valueAt(given, path) !== undefined)
    .map(([path, text]) => [`${option}.${path}`, text]);
}

/** The driver's options without those that this package sets itself. @internal */
export function usableDriverOptions(option: DriverOption, given: DriverOptions): DriverOptions {
  return Object.keys(OVERRIDDEN[option]).reduce((rest, path) => without(rest, path.split('.')), given);
}

/**
 * The path of a setting that turns TLS on in the driver alone, past what this package knows; undefined without one.
 *
 * @internal
 */
export function driverTlsPath(option: DriverOption, given: DriverOptions): string | undefined {
  const value = valueAt(given, TLS_SWITCH[option]);
  return value === undefined || value === false ? undefined : `${option}.${TLS_SWITCH[option]}`;
}

function without(given: DriverOptions, [key = '', ...inner]: string[]): DriverOptions {
  if (readProperty(given, key) === undefined) return given;
  const { [key]: value, ...rest } = given;
  if (inner.length === 0) return rest;
  return { ...rest, [key]: isPlainObject(value) ? without(value, inner) : value };
}

function valueAt(given: DriverOptions, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => readProperty(inner, key), given);
}
