import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { ConfigurableSessionModule, createSettingsProvider } from './session.module-definition.js';
import type { SessionModuleAsyncOptions, SessionModuleRootOptions } from './session.module-definition.js';
import { SessionStore } from './session.store.js';

/**
 * Sessions on the connection of `RedisModule`: `forRoot(options)`, or `forRootAsync` with `useFactory`, `useClass` or
 * `useExisting`. Import it after `RedisModule`, which then closes after it.
 *
 * @example
 * SessionModule.forRoot({ ttlMs: 30 * 60_000, fallback: [memoryTier()] })
 *
 * @publicApi
 */
@Module({ providers: [createSettingsProvider(), SessionStore], exports: [SessionStore] })
export class SessionModule extends ConfigurableSessionModule implements OnModuleInit, OnApplicationShutdown {
  /** @internal */
  constructor(private readonly store: SessionStore) {
    super();
  }

  /** Options by hand. `isGlobal` and `connection` beside them. */
  static override forRoot(options: SessionModuleRootOptions): DynamicModule {
    return super.forRoot(options);
  }

  /** Options from a factory, a class or an existing provider. `isGlobal` and `connection` beside them. */
  static override forRootAsync(options: SessionModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(options);
  }

  /** @internal */
  async onModuleInit(): Promise<void> {
    await this.store.open();
  }

  /** After the HTTP server was drained, so that the last responses still save their sessions. @internal */
  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}
