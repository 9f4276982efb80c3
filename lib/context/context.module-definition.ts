import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ConfigurableModuleAsyncOptions } from '@nestjs/common';
import { CONTEXT_OPTIONS } from './context.constants.js';
import { getContextToken } from './context.decorator.js';
import type { ContextModuleOptions, ContextOptionsFactory } from './context-options.interface.js';
import { createContextProviders } from './context.providers.js';
import { validateContextOptions, validateNamedContext } from './validate-context-options.js';

/**
 * What `ContextModule.forRoot` and `forRootAsync` take beside the options.
 *
 * @publicApi
 */
export interface ContextModuleExtras {
  /** Whether every module may inject the `ContextCache` without importing this one. @default true */
  readonly isGlobal?: boolean;
  /** The Redis connection to live on, where it has a name. @default the default connection */
  readonly connection?: string;
}

/**
 * What `ContextModule.forFeature` and `forFeatureAsync` take beside the options.
 *
 * @publicApi
 */
export interface ContextFeatureExtras extends ContextModuleExtras {
  /** Tells this context from the others: by it it is injected, and its keys are named. 1 to 512 characters. */
  readonly name: string;
  /** The Redis connection to live on, where it has a name. @default that of `ContextModule.forRoot`, else the default one */
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

/** Argument of `ContextModule.forFeature`. @publicApi */
export type ContextFeatureOptions = ContextModuleOptions & ContextFeatureExtras;

/** Argument of `ContextModule.forFeatureAsync`: `useFactory`, `useClass` or `useExisting`. @publicApi */
export type ContextFeatureAsyncOptions = ConfigurableModuleAsyncOptions<
  ContextModuleOptions,
  keyof ContextOptionsFactory
>
  & ContextFeatureExtras;

const EXTRAS: ContextModuleExtras = { isGlobal: true, connection: undefined };

/** @internal */
export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<ContextModuleOptions>({
  optionsInjectionToken: CONTEXT_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createContextOptions')
  .setExtras(EXTRAS, (definition, { isGlobal, connection }) => ({
    ...definition,
    global: isGlobal ?? true,
    providers: [
      ...(definition.providers ?? []),
      ...createContextProviders({ name: undefined, connection, isGlobal: isGlobal ?? true }, validateContextOptions),
    ],
    exports: [getContextToken()],
  }))
  .build();

/** @internal */
export const { ConfigurableModuleClass: ConfigurableFeatureClass } =
  new ConfigurableModuleBuilder<ContextModuleOptions>({ optionsInjectionToken: CONTEXT_OPTIONS })
    .setClassMethodName('forFeature')
    .setFactoryMethodName('createContextOptions')
    .setExtras<ContextFeatureExtras>({ ...EXTRAS, name: '' }, (definition, { name, isGlobal, connection }) => ({
      ...definition,
      global: isGlobal ?? true,
      providers: [
        ...(definition.providers ?? []),
        ...createContextProviders({ name, connection, isGlobal: isGlobal ?? true }, (options) =>
          validateNamedContext(name, options),
        ),
      ],
      exports: [getContextToken(name)],
    }))
    .build();
