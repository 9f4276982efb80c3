import type { RedisModuleOptions } from 'nestjs-redis-hub';
import type { ContextModuleOptions } from 'nestjs-redis-hub/context';
import type { PostgresTierOptions } from 'nestjs-redis-hub/session/postgres';

/** What both sides put into every stored value, and what must never be printed, thrown or answered by health. */
export const PAYLOAD = 'PAYLOAD-SECRET-4711';

/** What is in every id and key that callers use, and must not be shown either. A job's is BullMQ's, which names it. */
export const ID = 'ID-SECRET-2342';

/** The id of a session, a chat, a cached value or a counter. */
export function idOf(what: string, caller?: number): string {
  return [what, caller, ID].filter((part) => part !== undefined).join('-');
}

/** The app of one cell. */
export interface AppSettings {
  readonly redis: RedisModuleOptions;
  /** Whether consumers have something beside Redis to answer from. */
  readonly fallbacks: boolean;
  /** Where its sessions are kept too, before they are in memory only. */
  readonly postgres?: PostgresTierOptions;
  /** Of the chats, where they have their fallback. */
  readonly context?: Pick<ContextModuleOptions, 'loaderTimeoutMs'>;
  /** What none of its events may have in it. */
  readonly hidden: readonly string[];
  /** Whether it has queues. @default true */
  readonly queues?: boolean;
  /** How it is broken, where the suite tries itself. */
  readonly sabotage?: string;
}

/** What a rejected call looked like. */
export interface ErrorReport {
  readonly isRedisError: boolean;
  /** `redisErrorKind`, else the error's name. */
  readonly kind: string;
  readonly outcome?: string;
  readonly hasCause: boolean;
  /** Everything that a careless logger would print of it. */
  readonly text: string;
}

export interface ProcessComplaint {
  readonly event: 'unhandledRejection' | 'uncaughtException' | 'warning' | 'error-event' | 'published';
  readonly text: string;
}

/** From the runner to the app. */
export type Order =
  | { readonly type: 'start'; readonly settings: AppSettings }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly consumer: string;
      readonly verb: string;
      readonly args: readonly unknown[];
    }
  /** Close the app, and stay. */
  | { readonly type: 'close' }
  /** Let go of the channel, so that nothing but what was forgotten keeps the process. */
  | { readonly type: 'leave' };

/** From the app to the runner. */
export type Report =
  | { readonly type: 'ready' }
  /** The module asks for its options: what comes before is Nest's own. */
  | { readonly type: 'begun' }
  | { readonly type: 'booted'; readonly port: number }
  | { readonly type: 'boot-failed'; readonly error: ErrorReport }
  | { readonly type: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: ErrorReport }
  | { readonly type: 'complaint'; readonly complaint: ProcessComplaint }
  | { readonly type: 'closed' };
