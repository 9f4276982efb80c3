import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ConfigurableModuleAsyncOptions } from '@nestjs/common';
import type { ContextModuleOptions, ContextOptionsFactory } from './context-options.interface.js';
import { createContextProviders } from './context.providers.js';
import { ContextCache } from './context.cache.js';
import { CONTEXT_OPTIONS } from './context.constants.js';

/**
 * What `ContextModule.forRoot` and `forRootAsync` take beside the options.
 *
 * @publicApi
 */
export interface ContextModuleExtras {
  /** Whether every module may inject `ContextCache` without importing this one. @default true */
  readonly isGlobal?: boolean;
  /** The Redis connection to live on, where it has a name. @default the default connection */
  readonly connection?: string;
}

/** Argument of `ContextModule.forRoot`. @publicApi */
export type ContextModuleRootOptions = ContextModuleOptions & ContextModuleExtras;

/** Argument of `ContextModule.forRootAsync`: `useFactory`, `useClass` or `useExisting`. @publicApi */
export type ContextModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  ContextModuleOptions,
  keyof ContextOptionsFactory
>
  & ContextModuleExtras;

const DEFAULT_EXTRAS: ContextModuleExtras = { isGlobal: true, connection: undefined };

/** @internal */
export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<ContextModuleOptions>({
  optionsInjectionToken: CONTEXT_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createContextOptions')
  .setExtras<ContextModuleExtras>(DEFAULT_EXTRAS, (definition, { isGlobal, connection }) => ({
    ...definition,
    global: isGlobal ?? true,
    providers: [...(definition.providers ?? []), ...createContextProviders(connection)],
    exports: [ContextCache],
  }))
  .build();
