import type { RedisEndpoint, RedisSentinelSettings, RedisTlsSettings } from '../interfaces/redis-settings.interface.js';
import { REDIS_DEFAULTS } from '../redis.constants.js';
import { describeType } from './describe-value.js';
import { readLogin } from './login-settings.js';
import { readNodes } from './node-list.js';
import type { NodeList } from './node-list.js';
import type { OptionReader } from './option-reader.js';
import { readTls } from './tls-settings.js';

const SENTINEL_OPTIONS = ['name', 'nodes', 'username', 'password', 'tls'];

/** Reads `sentinel`. `tls`: that of the server, which holds for sentinels that have none of their own. @internal */
export function readSentinel(
  options: OptionReader,
  tls: RedisTlsSettings | undefined,
  isUsed: boolean,
): RedisSentinelSettings | undefined {
  const reader = options.section('sentinel', SENTINEL_OPTIONS);
  if (reader === undefined) return undefined;
  refuseBeside(options, 'sentinel', ['url', 'host']);
  const name = reader.filledText('name');
  if (!reader.has('name')) reader.fault('name', 'is missing: the name in "sentinel monitor <name>"');
  const nodes = readNodes(reader, REDIS_DEFAULTS.sentinelPort);
  const login = readLogin(reader);
  const own = readTls(reader, isUsed);
  if (nodes === undefined || name === undefined) return undefined;
  const towards = typeof own === 'object' ? own : own === false ? undefined : (tls ?? (own && {}));
  return { name, nodes, ...login, ...(towards !== undefined && { tls: towards }) };
}

/**
 * The seeds of a cluster: `cluster.nodes`, or the hosts of the address where `cluster` says so or where there are
 * several. Undefined for one server.
 *
 * @param given the hosts of the address
 * @internal
 */
export function readCluster(options: OptionReader, given: readonly RedisEndpoint[]): NodeList | undefined {
  const cluster = options.raw('cluster');
  const isOn = cluster !== undefined && cluster !== false;
  if (isOn) refuseBeside(options, 'cluster', ['sentinel']);
  if (isOn && cluster !== true) return readClusterNodes(options);
  if (given.length > 1 && cluster === false) {
    const address = options.faults.nameOf('url');
    options.fault('cluster', `is off, but ${address} names several hosts, which only a cluster has`);
  }
  if (!isOn && given.length < 2) return undefined;
  const [first, ...others] = given.filter((endpoint) => 'host' in endpoint);
  if (first !== undefined) return [first, ...others];
  return options.fault('cluster', 'cannot be reached by a unix socket; give the hosts of some of its nodes');
}

function readClusterNodes(options: OptionReader): NodeList | undefined {
  const given = describeType(options.raw('cluster'));
  if (given !== 'an object') return options.fault('cluster', `must be true, false or { nodes }, got ${given}`);
  refuseBeside(options, 'cluster', ['url', 'host']);
  const reader = options.section('cluster', ['nodes']);
  return reader && readNodes(reader, REDIS_DEFAULTS.port);
}

function refuseBeside(options: OptionReader, option: string, others: readonly string[]): void {
  for (const other of others.filter((name) => options.has(name))) {
    options.fault(option, `contradicts ${options.faults.nameOf(other)}; give one of them`);
  }
}
