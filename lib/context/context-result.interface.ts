import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { ContextMessage } from './context-message.interface.js';

/**
 * What an append may be told.
 *
 * @publicApi
 */
export interface AppendOptions {
  /**
   * Names this turn, so that the whole of it may be repeated after an error: its messages without an id of their own
   * are stored once for this name. 1 to 512 characters. @default none
   */
  readonly turnId?: string;
  /** Lists the chat among those of this user, for `chats(userId)`, from here on. 1 to 512 characters. @default as it was */
  readonly userId?: string;
}

/**
 * What an append did.
 *
 * @publicApi
 */
export interface AppendResult {
  /** The server's number of the newest message; each message has one more than the one before it. 0 for a cold chat. */
  readonly sequence: number;
  /** Messages that were stored. */
  readonly stored: number;
  /** Messages that were not, because their id was there already. */
  readonly duplicates: number;
  /** Messages that the cap pushed out. */
  readonly trimmed: number;
  /** Messages that the chat holds now. */
  readonly length: number;
  /**
   * True when there is a loader and Redis does not hold the chat: nothing was stored, because a short list would look
   * like the whole chat. The next read loads all of it.
   */
  readonly cold: boolean;
}

/**
 * What a read may be told.
 *
 * @publicApi
 */
export interface ReadOptions {
  /** Messages wanted at most, the newest; more than `maxMessages` means `maxMessages`. @default maxMessages */
  readonly limit?: number;
  /** Tokens that all messages may have together, the pinned one included. @default no matter */
  readonly maxTokens?: number;
  /** As the module's option of this name, for this call. */
  readonly onUnavailable?: 'miss' | 'throw';
}

/**
 * How large a window may be: at least one of the two, as the model has it.
 *
 * @publicApi
 */
export interface WindowOptions {
  /** Tokens that all messages may have together, the pinned one included. @default no matter */
  readonly maxTokens?: number;
  /** Messages wanted at most, the newest, the pinned one not counted. @default maxMessages */
  readonly maxMessages?: number;
  /** As the module's option of this name, for this call. */
  readonly onUnavailable?: 'miss' | 'throw';
}

/**
 * Why Redis did not answer a read: `cold`, it does not hold the chat; `redis_error`, it is out; `disabled`, it is
 * turned off; `corrupt`, it holds the chat and not one message of it can be read.
 *
 * @publicApi
 */
export type ContextMissReason = 'cold' | 'redis_error' | 'disabled' | 'corrupt';

/**
 * The recent messages of a chat, and where they come from.
 *
 * @publicApi
 */
export interface ContextRead {
  /** Oldest first; before them the pinned system message, where there is one. */
  readonly messages: readonly ContextMessage[];
  /** What they weigh together. */
  readonly tokens: number;
  /** Who answered; `none` where nobody could, and then `messages` is empty. */
  readonly source: 'redis' | 'loader' | 'none';
  /** Whether Redis answered. */
  readonly hit: boolean;
  /** Why not. */
  readonly reason?: ContextMissReason;
  /** What went wrong with Redis, beside the reason `redis_error`. */
  readonly errorKind?: RedisErrorKind;
  /** Entries in Redis that could not be read, and were passed over. */
  readonly corrupt: number;
  /** True where the loader failed and these are what Redis has, with `onLoaderError: 'stale'`. */
  readonly stale?: boolean;
}

/**
 * What a page may be told.
 *
 * @publicApi
 */
export interface PageOptions {
  /** Messages below this sequence: the `before` of the page that came before. @default the newest */
  readonly before?: number;
  /** Messages at most. @default 50 */
  readonly limit?: number;
}

/**
 * A message of a page.
 *
 * @publicApi
 */
export interface PageEntry {
  /** The server's number of the message in its chat. */
  readonly sequence: number;
  /** What it weighs. */
  readonly tokens: number;
  /** The message. */
  readonly message: ContextMessage;
}

/**
 * Messages to show, with their numbers.
 *
 * @publicApi
 */
export interface ContextPage {
  /** Oldest first, tool results and all; without the pinned message. */
  readonly entries: readonly PageEntry[];
  /** Where the next older page begins; undefined at the end of what Redis holds. */
  readonly before?: number;
  /** Whether there are older messages that Redis does not hold, or may be. */
  readonly cut: boolean;
  /**
   * Given where Redis is out, and the loader's newest messages are the page. Their numbers hold within this page alone,
   * and no older page follows.
   */
  readonly source?: 'loader';
}

/**
 * Makes less of many messages: gives what takes their place, at most as many as they were, oldest first; none to leave
 * them.
 *
 * @publicApi
 */
export type Summarize = (
  messages: readonly ContextMessage[],
) => Promise<ContextMessage | readonly ContextMessage[]> | ContextMessage | readonly ContextMessage[];

/**
 * What a compaction may be told.
 *
 * @publicApi
 */
export interface CompactOptions {
  /** The newest messages that are left as they are; more, where they are results of a call that is not. @default 0 */
  readonly keep?: number;
}

/**
 * What a compaction did.
 *
 * @publicApi
 */
export interface CompactResult {
  /** Messages whose place was taken; 0 where nothing was done. */
  readonly replaced: number;
  /** Messages that the chat holds now. */
  readonly length: number;
  /** True where the chat was compacted, loaded or deleted meanwhile, and so was left as it is. */
  readonly conflict: boolean;
}

/**
 * What a list of chats may be told.
 *
 * @publicApi
 */
export interface ChatsOptions {
  /** Chats whose last use was before this, in milliseconds since 1970: `lastUsedAt` of the last one seen. @default now */
  readonly before?: number;
  /** Chats at most. @default 50 */
  readonly limit?: number;
}
