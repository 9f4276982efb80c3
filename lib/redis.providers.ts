import type { InjectionToken, Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { toRedisSettings } from './config/to-redis-settings.js';
import { ConnectionSlot } from './connection/connection-slot.js';
import type { RedisConnection } from './connection/redis.connection.js';
import type { RedisClient } from './interfaces/redis-client.interface.js';
import type { RedisModuleOptions } from './interfaces/redis-options.interface.js';
import {
  DEFAULT_CONNECTION,
  getRedisConnectionToken,
  getRedisServiceToken,
  getRedisToken,
  isDefaultConnection,
  REDIS_OPTIONS,
  REDIS_SLOT,
} from './redis.constants.js';
import { beginBoot } from './redis.booting.js';
import { logConnection } from './redis.logger.js';
import { assertOneConnectionOf } from './redis.module-order.js';
import { RedisService } from './redis.service.js';

/** options -> slot -> client -> connection -> service. Override the client, and all after it live on yours. @internal */
export function createRedisProviders(name?: string): Provider[] {
  return [
    createSlotProvider(name ?? DEFAULT_CONNECTION),
    createClientProvider(name),
    createConnectionProvider(name),
    createServiceProvider(name),
  ];
}

/** @internal */
export function redisExports(name?: string): InjectionToken[] {
  return [getRedisToken(name), getRedisConnectionToken(name), serviceTokenOf(name)];
}

function createSlotProvider(name: string): Provider {
  return {
    provide: REDIS_SLOT,
    inject: [REDIS_OPTIONS, ModulesContainer],
    useFactory: (options: RedisModuleOptions, modules: ModulesContainer): ConnectionSlot => {
      assertOneConnectionOf(name, modules);
      const settings = toRedisSettings(options);
      return new ConnectionSlot(name, settings, (connection, used) => {
        beginBoot(connection);
        logConnection(connection, used);
      });
    },
  };
}

function createClientProvider(name: string | undefined): Provider {
  return {
    provide: getRedisToken(name),
    inject: [REDIS_SLOT, REDIS_OPTIONS],
    useFactory: (slot: ConnectionSlot, options: RedisModuleOptions): Promise<RedisClient> => slot.open(options.client),
  };
}

function createConnectionProvider(name: string | undefined): Provider {
  return {
    provide: getRedisConnectionToken(name),
    inject: [REDIS_SLOT, getRedisToken(name)],
    useFactory: (slot: ConnectionSlot, client: RedisClient): Promise<RedisConnection> => slot.of(client),
  };
}

function createServiceProvider(name: string | undefined): Provider {
  return {
    provide: serviceTokenOf(name),
    inject: [getRedisConnectionToken(name)],
    useFactory: (connection: RedisConnection): RedisService => new RedisService(connection),
  };
}

/** Only the default connection is found by the class: a second one would silently shadow it. */
function serviceTokenOf(name: string | undefined): InjectionToken {
  return name === undefined || isDefaultConnection(name) ? RedisService : getRedisServiceToken(name);
}
