import { ForeignReplyError } from '../commands/foreign-reply.error.js';
import type { RedisScript } from '../interfaces/redis-commands.interface.js';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { nextCallTag } from './call-tag.js';
import type { ChatKeys } from './chat-keys.js';
import type { ContextSettings } from './context-options.interface.js';
import type { AppendResult } from './context-result.interface.js';
import { createForeignReplyError, createReplyError } from './context.error.js';
import { APPEND, CLEAR, READ, SEED } from './context.scripts.js';
import type { ChatEntry } from './envelope.codec.js';

/** How long a wait outlives the load it was made for, so that the seed still finds it. */
const WAIT_SLACK_MS = 10_000;

/** What a read asks of the list. @internal */
export interface ListQuery {
  /** Entries to fetch, newest first. */
  readonly count: number;
  /** Entries that the caller needs: a list that was cut shorter does not answer. */
  readonly need: number;
  /** Name for a wait, where there is a loader. */
  readonly wait?: string;
  /** Calls the chat cold whatever is there. */
  readonly asCold?: boolean;
}

/** What the list says: its entries; or that the chat is cold, and the wait by which it may be seeded. @internal */
export type ListReply =
  | { readonly warm: true; readonly length: number; readonly entries: readonly string[] }
  | { readonly warm: false; readonly wait: string };

/**
 * A chat in Redis: one script a call, two keys in one slot. Rejects with what the port rejects with, and with kind
 * `reply` for a reply that is another call's: a lost or stray one shifts all that follow it on the socket, and each of
 * them would pass for the answer to a call of the same script.
 *
 * @internal
 */
export class ChatStore {
  constructor(
    private readonly connection: Pick<RedisConnectionHandle, 'commands' | 'distrust'>,
    private readonly settings: ContextSettings,
  ) {}

  async append(keys: ChatKeys, entries: readonly ChatEntry[]): Promise<AppendResult> {
    const onlyWarm = this.settings.loader === undefined ? 0 : 1;
    const reply = await this.run(APPEND, keys, [...this.limits(), onlyWarm, ...entries.flatMap(toArgs)]);
    const [cold, sequence, stored, duplicates, trimmed, length] = toIntegers(reply, 6, APPEND);
    return { sequence, stored, duplicates, trimmed, length, cold: cold === 1 } as AppendResult;
  }

  async read(keys: ChatKeys, query: ListQuery): Promise<ListReply> {
    const waitMs = this.settings.loaderTimeoutMs + WAIT_SLACK_MS;
    const args = [query.count, query.need, query.wait ?? '', waitMs, query.asCold === true ? 1 : 0];
    const reply = await this.run(READ, keys, args);
    const [warm, wait, length, entries] = reply;
    if (!Array.isArray(entries)) throw createReplyError(READ.name);
    if (Number(warm) !== 1) return { warm: false, wait: String(wait) };
    return { warm: true, length: Number(length), entries: entries.map(String) };
  }

  /** True where the chat is now whole; false where the wait has ended, and the load may have missed an append. */
  async seed(keys: ChatKeys, wait: string, entries: readonly ChatEntry[]): Promise<boolean> {
    const [whole] = await this.run(SEED, keys, [...this.limits(), wait, ...entries.flatMap(toArgs)]);
    return Number(whole) === 1;
  }

  /** Whether there was something to delete. */
  async clear(keys: ChatKeys): Promise<boolean> {
    const [deleted] = await this.run(CLEAR, keys, []);
    return Number(deleted) > 0;
  }

  private limits(): number[] {
    const { maxMessages, ttlMs, idWindow } = this.settings;
    return [maxMessages, ttlMs, idWindow];
  }

  /** The reply without its tag, which proves that it is the reply to this very call. */
  private async run(
    script: RedisScript,
    keys: ChatKeys,
    args: readonly (string | number)[],
  ): Promise<readonly unknown[]> {
    const tag = nextCallTag();
    const reply = await this.connection.commands.runScript(script, [keys.messages, keys.meta], [tag, ...args]);
    if (Array.isArray(reply) && reply[0] === tag) return reply.slice(1) as unknown[];
    // What else waits on this socket may be given another's reply too: the sooner it is gone, the less is lost.
    this.connection.distrust?.(new ForeignReplyError(`one that ${script.name} gives`));
    throw createForeignReplyError(script.name);
  }
}

function toArgs({ digest, tokens, json }: ChatEntry): [string, number, string] {
  return [digest, tokens, json];
}

function toIntegers(reply: readonly unknown[], count: number, script: RedisScript): number[] {
  const numbers = reply.map(Number);
  if (numbers.length !== count || !numbers.every(Number.isSafeInteger)) throw createReplyError(script.name);
  return numbers;
}
