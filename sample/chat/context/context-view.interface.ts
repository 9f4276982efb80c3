import type { ContextRead } from 'nestjs-redis-hub/context';

/**
 * Where a message is: in the `window`; cut off by the token `budget`, by the `count` of messages that a window may have,
 * or by the `cap` of the context; behind a `summary` that stands for it; or written down and not yet in Redis, `pending`.
 */
export type ContextPlace = 'window' | 'budget' | 'count' | 'cap' | 'summary' | 'pending';

/** A message of a chat as the page lists it. */
export interface ContextRow {
  readonly id: string;
  readonly role: 'user' | 'assistant' | 'system' | 'tool';
  /** The beginning of what it says; a summary whole. */
  readonly text: string;
  readonly tokens: number;
  /** Its number in the table; null where the table does not have it. */
  readonly position: number | null;
  /** Its number in Redis; null where Redis does not hold it. */
  readonly sequence: number | null;
  readonly place: ContextPlace;
}

/** A chat's context, as it would be put before a model, and what is left out of it. */
export interface ContextView extends Omit<ContextRead, 'messages'> {
  /** How long the read took, in milliseconds. */
  readonly tookMs: number;
  /** The tokens that the window may have. */
  readonly budget: number;
  /** What the window would weigh without a budget. */
  readonly unboundedTokens: number;
  readonly limits: { readonly windowMessages: number; readonly contextMessages: number };
  readonly table: {
    readonly kind: 'postgres' | 'memory';
    /** All messages of the chat; null while the table cannot be read. */
    readonly messages: number | null;
  };
  /** The newest messages, oldest first. */
  readonly rows: readonly ContextRow[];
}

/** What a compaction did, and the context after it. */
export interface Compaction {
  /** Messages whose place in Redis a summary took; 0 where there were too few, or there was a conflict. */
  readonly replaced: number;
  /** Whether the chat was loaded or compacted by others meanwhile: it is loaded again then, with the latest summary. */
  readonly conflict: boolean;
  readonly view: ContextView;
}
