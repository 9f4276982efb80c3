import type { ContextMessage, SystemMessage } from './context-message.interface.js';
import type { CountTokens } from './tokens/token-counter.js';
import type { TokenizerName } from './tokens/tokenizers.js';

/**
 * What a loader is told besides the chat.
 *
 * @publicApi
 */
export interface ContextLoadOptions {
  /** The tenant, where the cache was asked under one. */
  readonly tenant: string | undefined;
  /** How many messages are wanted, the newest: `maxMessages`. More are cut. */
  readonly limit: number;
  /** Aborted when `loaderTimeoutMs` has passed and nobody waits any more. */
  readonly signal: AbortSignal;
}

/**
 * A chat as its loader gives it, where there is a message to pin.
 *
 * @publicApi
 */
export interface LoadedChat {
  /** Oldest first. */
  readonly messages: readonly ContextMessage[];
  /** Pinned, as by `pinSystem`. @default what is pinned stays */
  readonly system?: SystemMessage;
}

/**
 * Reads a chat from the place where it is really kept, oldest message first.
 *
 * @publicApi
 */
export type ContextLoader = (
  chatId: string,
  options: ContextLoadOptions,
) => Promise<readonly ContextMessage[] | LoadedChat> | readonly ContextMessage[] | LoadedChat;

/**
 * How much of a chat is kept, for how long, and what stands behind it.
 *
 * @publicApi
 */
export interface ContextModuleOptions {
  /** Messages kept of each chat, the newest. An integer of at least 1. @default 100 */
  readonly maxMessages?: number;
  /**
   * Tokens kept of each chat, with `maxMessages` the cap: the oldest messages go. A message that has more by itself is
   * refused. An integer of at least 1. @default no cap of tokens
   */
  readonly maxTokens?: number;
  /**
   * How the tokens of a message are counted, once, when it comes in: by a function of yours, by a tokenizer package, or
   * by an estimate that is rather too high. `auto` takes gpt-tokenizer where it is installed, else the estimate.
   *
   * @default 'auto'
   */
  readonly countTokens?: CountTokens | 'auto' | 'estimate' | TokenizerName;
  /** Milliseconds that a chat is kept after its last append. An integer of at least 1. @default 86400000 (24 h) */
  readonly ttlMs?: number;
  /** Message ids remembered of each chat, so that a repeated append is stored once. At least 0. @default 256 */
  readonly idWindow?: number;
  /** Whether the app is down, for health, when Redis is out and there is no {@link loader}. @default true */
  readonly required?: boolean;
  /** The tenant of chats that are asked for without `forTenant`. @default none */
  readonly tenant?: string;
  /**
   * Reads a chat that Redis does not have, or while Redis is out. With it, write a message where the loader finds it
   * *before* you append it here, and give each message an id, so that a load and an append that bring the same one
   * store it once.
   */
  readonly loader?: ContextLoader;
  /** Milliseconds that a load may take. @default 5000 */
  readonly loaderTimeoutMs?: number;
  /**
   * Milliseconds that other processes wait for the one that is loading a chat, before they load it as well. 0: they do
   * not wait. @default 1000
   */
  readonly loadLeaseMs?: number;
  /**
   * What a read does when the loader fails: passes its error on, or gives what Redis has of the chat, which may lack
   * messages, where it has something. @default 'throw'
   */
  readonly onLoaderError?: 'throw' | 'stale';
  /** What a read does when Redis is out and there is no loader: an empty answer that says so, or the error. @default 'miss' */
  readonly onUnavailable?: 'miss' | 'throw';
}

/**
 * For `useClass` and `useExisting` of `ContextModule.forRootAsync` and `forFeatureAsync`.
 *
 * @publicApi
 */
export interface ContextOptionsFactory {
  /** The options, or a promise of them. */
  createContextOptions(): ContextModuleOptions | Promise<ContextModuleOptions>;
}

/** The options, validated as a whole, defaults filled in. @internal */
export interface ContextSettings {
  /** Of a context that has one. */
  readonly name: string | undefined;
  readonly maxMessages: number;
  readonly maxTokens: number | undefined;
  readonly countTokens: NonNullable<ContextModuleOptions['countTokens']>;
  readonly ttlMs: number;
  readonly idWindow: number;
  readonly required: boolean;
  readonly tenant: string | undefined;
  readonly loader: ContextLoader | undefined;
  readonly loaderTimeoutMs: number;
  readonly loadLeaseMs: number;
  readonly onLoaderError: 'throw' | 'stale';
  readonly onUnavailable: 'miss' | 'throw';
}
