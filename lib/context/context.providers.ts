import type { Provider } from '@nestjs/common';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { getRedisConnectionToken } from '../redis.constants.js';
import type { ContextSettings } from './context-options.interface.js';
import { ContextCache } from './context.cache.js';
import { CONTEXT_ENGINE, CONTEXT_OPTIONS, CONTEXT_SETTINGS, CONTEXT_TOKENS } from './context.constants.js';
import { ContextEngine } from './context.engine.js';
import { createTokenCounter } from './tokens/token-counter.js';
import type { CountTokens } from './tokens/token-counter.js';
import { validateContextOptions } from './validate-context-options.js';

/** Options to settings to engine to cache, on the connection of that name. @internal */
export function createContextProviders(connection: string | undefined): Provider[] {
  return [
    {
      provide: CONTEXT_SETTINGS,
      useFactory: validateContextOptions,
      inject: [CONTEXT_OPTIONS],
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
      inject: [getRedisConnectionToken(connection), CONTEXT_SETTINGS, CONTEXT_TOKENS],
    },
    {
      provide: ContextCache,
      useFactory: (engine: ContextEngine) => new ContextCache(engine),
      inject: [CONTEXT_ENGINE],
    },
  ];
}
