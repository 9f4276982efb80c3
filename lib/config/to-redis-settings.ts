import { readProperty } from '../errors/read-property.js';
import type { RedisModuleOptions } from '../interfaces/redis-options.interface.js';
import type { RedisSettings } from '../interfaces/redis-settings.interface.js';
import { REDIS_DEFAULTS } from '../redis.constants.js';
import { readAddress } from './address-settings.js';
import type { AddressSettings } from './address-settings.js';
import { assertOptions } from './assert-options.js';
import { driverOptionFaults, driverOptionWarnings, driverTlsPath, usableDriverOptions } from './driver-options.js';
import { readEnabled } from './enabled-settings.js';
import { envOriginOf } from './env-origin.js';
import { FaultList } from './fault-list.js';
import { idleOptions, idleWarnings } from './idle-settings.js';
import { MISTAKEN_NAMES, NOT_BESIDE_CLIENT, OPTION_NAMES } from './option-names.js';
import { OptionReader } from './option-reader.js';
import { plainTextHosts } from './plain-text.js';

/**
 * Validates the options as a whole, fills in the defaults and reads the files they name.
 *
 * Throws one `RedisError` of kind `configuration` that lists every fault by option name, or by the variable's name
 * where the options came from the environment, and shows no secret.
 *
 * @internal
 */
export function toRedisSettings(options: RedisModuleOptions, env: { nodeEnv?: string } = {}): RedisSettings {
  assertOptions(options);
  const origin = envOriginOf(options);
  const faults = new FaultList(origin.names);
  const reader = new OptionReader(options, faults);
  reader.refuseUnknown(OPTION_NAMES, MISTAKEN_NAMES);
  const state = readEnabled(reader);
  const hasClient = checkClient(reader);
  const isUsed = state.enabled && !hasClient;
  // `enabled: false` wins over everything: what is wrong with the address must not keep the app from booting without it.
  const address = readAddress(
    reader.raw('enabled') === false ? new OptionReader(options, new FaultList()) : reader,
    isUsed,
  );
  const behaviour = readBehaviour(reader);
  const drivers = readDriverOptions(reader, isUsed && address.tls === undefined);
  faults.throwIfAny();
  const isProduction = (env.nodeEnv ?? process.env['NODE_ENV']) === 'production';
  const idle = state.enabled || reader.raw('enabled') === false ? [] : (origin.idle ?? idleOptions(reader));
  const warnings = [
    ...(isUsed && isProduction ? plainTextWarnings(address) : []),
    ...idleWarnings(idle, state.enabled ? '' : state.disabledBy),
    ...drivers.warnings,
  ];
  return { ...state, ...address, ...behaviour, ...drivers, warnings };
}

type Behaviour = Omit<RedisSettings, keyof AddressSettings | 'enabled' | 'disabledBy' | keyof DriverOptions>;

function readBehaviour(options: OptionReader): Behaviour {
  options.flag('requireTls');
  const breaker = options.section('breaker', ['failures']);
  return {
    driver: options.oneOf('driver', ['auto', 'ioredis', 'node-redis']) ?? 'auto',
    keyPrefix: options.text('keyPrefix') ?? '',
    connectTimeoutMs: options.integer('connectTimeoutMs', 1) ?? REDIS_DEFAULTS.connectTimeoutMs,
    commandTimeoutMs: options.integer('commandTimeoutMs', 1) ?? REDIS_DEFAULTS.commandTimeoutMs,
    shutdownTimeoutMs: options.integer('shutdownTimeoutMs', 1) ?? REDIS_DEFAULTS.shutdownTimeoutMs,
    watchdogIntervalMs: options.integer('watchdogIntervalMs', 1) ?? REDIS_DEFAULTS.watchdogIntervalMs,
    boot: options.oneOf('boot', ['fail-fast', 'degrade']) ?? 'fail-fast',
    breakerFailures: breaker?.integer('failures', 1) ?? REDIS_DEFAULTS.breakerFailures,
  };
}

type DriverOptions = Pick<RedisSettings, 'ioredis' | 'nodeRedis' | 'warnings'>;

function readDriverOptions(options: OptionReader, isPlain: boolean): DriverOptions {
  const ioredis = options.plainObject('ioredis') ?? {};
  const nodeRedis = options.plainObject('nodeRedis') ?? {};
  const refused = [...driverOptionFaults('ioredis', ioredis), ...driverOptionFaults('nodeRedis', nodeRedis)];
  for (const [path, text] of refused) options.fault(path, text);
  const tlsPaths = [driverTlsPath('ioredis', ioredis), driverTlsPath('nodeRedis', nodeRedis)];
  for (const path of isPlain ? tlsPaths : []) {
    if (path !== undefined) options.fault(path, 'asks for TLS, but tls is not set; set it, or use rediss://');
  }
  return {
    ioredis: usableDriverOptions('ioredis', ioredis),
    nodeRedis: usableDriverOptions('nodeRedis', nodeRedis),
    warnings: [...driverOptionWarnings('ioredis', ioredis), ...driverOptionWarnings('nodeRedis', nodeRedis)],
  };
}

function checkClient(options: OptionReader): boolean {
  const client = options.raw('client');
  if (client === undefined) return false;
  if (typeof client !== 'object' || client === null)
    options.fault('client', 'must be a client of ioredis or node-redis');
  if (typeof readProperty(client, 'then') === 'function') options.fault('client', 'is a promise; await it');
  for (const name of NOT_BESIDE_CLIENT) {
    if (options.has(name)) options.fault(name, 'contradicts client, which has its own');
  }
  return true;
}

function plainTextWarnings(address: AddressSettings): string[] {
  const hosts = plainTextHosts(address);
  if (hosts.length === 0) return [];
  const are = hosts.length === 1 ? 'is' : 'are';
  return [`${hosts.join(', ')} ${are} reached without TLS while NODE_ENV is production; use rediss://`];
}
