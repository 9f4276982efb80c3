import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ConfigurableModuleAsyncOptions, Provider } from '@nestjs/common';
import { getRedisConnectionToken } from '../redis.constants.js';
import type {
  SessionModuleOptions,
  SessionOptionsFactory,
  SessionSettings,
} from './interfaces/session-options.interface.js';
import { validateSessionOptions } from './validate-session-options.js';
import { SESSION_CONNECTION, SESSION_SETTINGS } from './session.constants.js';

/**
 * Static options of the module: known before any factory runs.
 *
 * @publicApi
 */
export interface SessionModuleExtras {
  /** Whether every module of the app can inject `SessionStore`. @default true */
  readonly isGlobal?: boolean;
  /** Name of the `RedisModule` connection to use. @default the connection without a name */
  readonly connection?: string;
}

/** Argument of `SessionModule.forRoot`. @publicApi */
export type SessionModuleRootOptions = SessionModuleOptions & SessionModuleExtras;

/** Argument of `SessionModule.forRootAsync`: `useFactory`, `useClass` or `useExisting`. @publicApi */
export type SessionModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  SessionModuleOptions,
  keyof SessionOptionsFactory
>
  & SessionModuleExtras;

const EXTRAS: SessionModuleExtras = { isGlobal: true, connection: undefined };

const builder = new ConfigurableModuleBuilder<SessionModuleOptions>({ moduleName: 'Session' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createSessionOptions')
  .setExtras(EXTRAS, (definition, { isGlobal, connection }) => ({
    ...definition,
    global: isGlobal ?? true,
    providers: [...(definition.providers ?? []), createConnectionProvider(connection)],
  }))
  .build();

/** @internal */
export const ConfigurableSessionModule = builder.ConfigurableModuleClass;

/** @internal */
export const createSettingsProvider = (): Provider => ({
  provide: SESSION_SETTINGS,
  inject: [builder.MODULE_OPTIONS_TOKEN],
  useFactory: (options: SessionModuleOptions): SessionSettings => validateSessionOptions(options),
});

function createConnectionProvider(name: string | undefined): Provider {
  return { provide: SESSION_CONNECTION, useExisting: getRedisConnectionToken(name) };
}
