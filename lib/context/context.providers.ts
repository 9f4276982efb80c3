import { Inject } from '@nestjs/common';
import type { Provider } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { getRedisConnectionToken } from '../redis.constants.js';
import type { ContextSettings } from './context-options.interface.js';
import { ContextCache } from './context.cache.js';
import {
  CONTEXT_CONNECTION,
  CONTEXT_ENGINE,
  CONTEXT_OPTIONS,
  CONTEXT_PLACE,
  CONTEXT_SETTINGS,
  CONTEXT_TOKENS,
} from './context.constants.js';
import { getContextToken } from './context.decorator.js';
import { ContextEngine } from './context.engine.js';
import { assertOneContextOf, rootConnectionOf } from './context.place.js';
import type { ContextPlace } from './context.place.js';
import { createTokenCounter } from './tokens/token-counter.js';
import type { CountTokens } from './tokens/token-counter.js';

/** Options to settings to engine to cache, on the connection of its place. @internal */
export function createContextProviders(
  place: ContextPlace,
  validate: (options: unknown) => ContextSettings,
): Provider[] {
  return [
    { provide: CONTEXT_PLACE, useValue: place },
    createConnectionProvider(place),
    {
      provide: CONTEXT_SETTINGS,
      useFactory: (options: unknown, modules: ModulesContainer): ContextSettings => {
        const settings = validate(options);
        assertOneContextOf(place, modules);
        return settings;
      },
      inject: [CONTEXT_OPTIONS, ModulesContainer],
    },
    {
      provide: CONTEXT_TOKENS,
      useFactory: ({ countTokens }: ContextSettings) => createTokenCounter(countTokens),
      inject: [CONTEXT_SETTINGS],
    },
    {
      provide: CONTEXT_ENGINE,
      useFactory: (handle: RedisConnectionHandle, settings: ContextSettings, countTokens: CountTokens) =>
        new ContextEngine(handle, settings, countTokens),
      inject: [CONTEXT_CONNECTION, CONTEXT_SETTINGS, CONTEXT_TOKENS],
    },
    {
      provide: getContextToken(place.name),
      useFactory: (engine: ContextEngine) => new ContextCache(engine),
      inject: [CONTEXT_ENGINE],
    },
  ];
}

function createConnectionProvider(place: ContextPlace): Provider {
  const { name, connection } = place;
  if (name === undefined || connection !== undefined) {
    return { provide: CONTEXT_CONNECTION, useExisting: getRedisConnectionToken(connection) };
  }
  return {
    provide: CONTEXT_CONNECTION,
    useFactory: (module: ModuleRef, modules: ModulesContainer) =>
      connectionBehind(getRedisConnectionToken(rootConnectionOf(place, modules)), module),
    inject: [ModuleRef, ModulesContainer],
  };
}

/**
 * What a token that is known only now stands for, once it is made. `inject` is fixed before all modules are known, and
 * `ModuleRef.get` does not wait.
 */
async function connectionBehind(token: string, module: ModuleRef): Promise<RedisConnectionHandle> {
  class ContextConnection {
    constructor(@Inject(token) readonly handle: RedisConnectionHandle) {}
  }
  return (await module.create(ContextConnection)).handle;
}
