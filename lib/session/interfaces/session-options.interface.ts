import type { SessionData } from './session.interface.js';
import type { SessionTier } from './session-tier.interface.js';

/**
 * How a session becomes text, and a text a session.
 *
 * @publicApi
 */
export interface SessionSerializer {
  /** Text that is not empty, and holds no character 0. What it throws is told by name only. */
  readonly stringify: (data: object) => string;
  /** The session that the text is. What throws, or gives no object, is a corrupt session, for this one alone. */
  readonly parse: (text: string) => unknown;
}

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
   * caller. A tier belongs to one module of one running application: make a new one for each. It may be used again when
   * that application was closed.
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
  /**
   * Whose session it is, for `findByUser` and `destroyByUser`; undefined for one that is nobody's. Without it they find
   * nothing.
   */
  readonly userOf?: (data: SessionData) => string | undefined;
  /** How a session is written. @default JSON */
  readonly serializer?: SessionSerializer;
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
export type SessionSettings = Required<Omit<SessionModuleOptions, 'userOf'>> & Pick<SessionModuleOptions, 'userOf'>;
