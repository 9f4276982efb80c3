import type { ChatKeys } from './chat-keys.js';
import type { ContextSettings } from './context-options.interface.js';
import type { AppendResult } from './context-result.interface.js';
import type { ChatEntry } from './envelope.codec.js';
import type { ScriptRunner } from './script-runner.js';
import { toIntegers, toTexts } from './script-runner.js';
import { APPEND } from './scripts/append.script.js';
import { CLEAR, DELETE, PAGE, PIN, TOUCH } from './scripts/chat.scripts.js';
import { COMPACT } from './scripts/compact.script.js';
import { READ } from './scripts/read.script.js';
import { RELEASE, SEED } from './scripts/seed.script.js';

/** How long a wait outlives the load it was made for, so that the seed still finds it. */
const WAIT_SLACK_MS = 10_000;

/** What a read asks of the list. @internal */
export interface ListQuery {
  /** Entries to fetch, newest first. */
  readonly count: number;
  /** Entries that the caller needs: a list that was cut shorter does not answer. */
  readonly need: number;
  /** Tokens that the entries may have together. */
  readonly budget?: number;
  /** Name for a wait, where there is a loader. */
  readonly wait?: string;
  /** Calls the chat cold whatever is there. */
  readonly asCold?: boolean;
}

/**
 * What the list says: its entries; or that the chat is cold, the wait by which it may be seeded, and how long another
 * process is still given to load. With it the pinned message, and a name of what the list holds.
 *
 * @internal
 */
export type ListReply = { readonly pinned: string; readonly state: string } & (
  | { readonly warm: true; readonly length: number; readonly entries: readonly string[] }
  | { readonly warm: false; readonly wait: string; readonly leaseMs: number }
);

/** A part of the list. @internal */
export interface ListPage {
  readonly entries: readonly string[];
  /** Entries that are older than these, of those that the list holds. */
  readonly older: number;
  /** Whether there are messages that the list does not hold, or may be. */
  readonly isCut: boolean;
}

/** What takes the place of the entries up to one. @internal */
export interface Replacement {
  readonly state: string;
  readonly sequence: number;
  readonly sha1: string;
  /** Newest first. */
  readonly envelopes: readonly string[];
}

/**
 * A chat in Redis: one script a call, two keys in one slot.
 *
 * @internal
 */
export class ChatStore {
  constructor(
    private readonly scripts: ScriptRunner,
    private readonly settings: ContextSettings,
  ) {}

  async append(keys: ChatKeys, entries: readonly ChatEntry[], user = ''): Promise<AppendResult> {
    const onlyWarm = this.settings.loader === undefined ? 0 : 1;
    const reply = await this.run(APPEND, keys, [...this.limits(), onlyWarm, user, ...entries.flatMap(toArgs)]);
    const [cold, sequence, stored, duplicates, trimmed, length] = toIntegers(reply, 6, APPEND);
    return { sequence, stored, duplicates, trimmed, length, cold: cold === 1 } as AppendResult;
  }

  async read(keys: ChatKeys, query: ListQuery): Promise<ListReply> {
    const { loaderTimeoutMs, loadLeaseMs } = this.settings;
    const { count, need, wait = '', asCold = false, budget = 0 } = query;
    const args = [count, need, wait, loaderTimeoutMs + WAIT_SLACK_MS, asCold ? 1 : 0, budget, loadLeaseMs];
    const [warm, name, number, entries, pinned, state] = await this.run(READ, keys, args);
    const texts = toTexts(entries, READ);
    const rest = { pinned: String(pinned), state: String(state) };
    if (Number(warm) !== 1) return { ...rest, warm: false, wait: String(name), leaseMs: Number(number) };
    return { ...rest, warm: true, length: Number(number), entries: texts };
  }

  /** True where the chat is now whole; false where the wait has ended, and the load may have missed an append. */
  async seed(keys: ChatKeys, wait: string, entries: readonly ChatEntry[], pinned = ''): Promise<boolean> {
    const [whole] = await this.run(SEED, keys, [...this.limits(), wait, pinned, ...entries.flatMap(toArgs)]);
    return Number(whole) === 1;
  }

  /** The load of this wait failed: another process need not wait for it. */
  async release(keys: ChatKeys, wait: string): Promise<void> {
    await this.run(RELEASE, keys, [wait]);
  }

  async page(keys: ChatKeys, below: number, count: number): Promise<ListPage> {
    const [left, entries, cut] = await this.run(PAGE, keys, [below, count]);
    const texts = toTexts(entries, PAGE);
    return { entries: texts, older: Number(left) - texts.length, isCut: cut !== '0' };
  }

  /** How many entries were replaced: none where the list is another by now. */
  async replace(keys: ChatKeys, { state, sequence, sha1, envelopes }: Replacement): Promise<[number, number]> {
    const { maxMessages, maxTokens = 0, ttlMs } = this.settings;
    const args = [state, sequence, sha1, maxMessages, maxTokens, ttlMs, ...envelopes];
    const [replaced = 0, length = 0] = toIntegers(await this.run(COMPACT, keys, args), 2, COMPACT);
    return [replaced, length];
  }

  /** Pins an envelope; an empty one unpins. */
  async pin(keys: ChatKeys, envelope: string): Promise<void> {
    await this.run(PIN, keys, [this.settings.ttlMs, envelope]);
  }

  /** Forgets the messages; whether there were any. */
  async clear(keys: ChatKeys): Promise<boolean> {
    const [messages] = await this.run(CLEAR, keys, []);
    return Number(messages) > 0;
  }

  /** Whether there was something to delete, and the user under whom it is listed. */
  async delete(keys: ChatKeys): Promise<[boolean, string]> {
    const [deleted, user] = await this.run(DELETE, keys, []);
    return [Number(deleted) > 0, String(user)];
  }

  /** Whether there is such a chat, and the user under whom it is listed. */
  async touch(keys: ChatKeys): Promise<[boolean, string]> {
    const [there, user] = await this.run(TOUCH, keys, [this.settings.ttlMs]);
    return [Number(there) > 0, String(user)];
  }

  private limits(): number[] {
    const { maxMessages, ttlMs, idWindow, maxTokens = 0 } = this.settings;
    return [maxMessages, ttlMs, idWindow, maxTokens];
  }

  private run(
    script: Parameters<ScriptRunner['run']>[0],
    keys: ChatKeys,
    args: readonly (string | number)[],
  ): Promise<readonly unknown[]> {
    return this.scripts.run(script, [keys.messages, keys.meta], args);
  }
}

function toArgs({ digest, tokens, json }: ChatEntry): [string, number, string] {
  return [digest, tokens, json];
}
