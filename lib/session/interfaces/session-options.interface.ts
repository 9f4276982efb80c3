import type { SessionTier } from './session-tier.interface.js';

/**
 * How sessions are kept.
 *
 * @publicApi
 */
export interface SessionModuleOptions {
  /** Time to live of a session whose `set` or `touch` names none, in milliseconds. @default 86400000 (24 hours) */
  readonly ttlMs?: number;
  /**
   * Tiers that answer while Redis does not, in the order in which they are asked. Empty: errors of Redis reach the
   * caller. A tier belongs to one module: make a new one for each.
   *
   * @default [memoryTier()]
   */
  readonly fallback?: readonly SessionTier[];
  /** Whether the application is down, for health, when no tier can answer. @default true */
  readonly required?: boolean;
  /** Put before the percent-encoded id, after the connection's own prefix. @default 'dialog:session:' */
  readonly keyPrefix?: string;
  /** The largest session, as bytes of its JSON text. A larger one is refused. @default 1048576 (1 MiB) */
  readonly maxPayloadBytes?: number;
  /**
   * How long shared tiers such as Postgres are not told of further touches, in milliseconds. They keep the end of a session
   * that much ahead, so that it never ends there too early. Redis is told of each touch.
   *
   * @default 60000
   */
  readonly touchAfterMs?: number;
}

/**
 * For `forRootAsync({ useClass })` and `useExisting`.
 *
 * @publicApi
 */
export interface SessionOptionsFactory {
  /** The options, or a promise of them. */
  createSessionOptions(): SessionModuleOptions | Promise<SessionModuleOptions>;
}

/** The options, validated as a whole, defaults filled in. @internal */
export type SessionSettings = Required<SessionModuleOptions>;
