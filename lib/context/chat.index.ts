import { decodeId, encodeId } from '../utils/encode-id.js';
import type { PageCall } from './call-options.js';
import { listKeyOf } from './chat-keys.js';
import type { ChatKeys } from './chat-keys.js';
import type { ContextSettings } from './context-options.interface.js';
import { createReplyError } from './context.error.js';
import type { ScriptRunner } from './script-runner.js';
import { CHATS, LIST, UNLIST } from './scripts/index.scripts.js';

/** Chats listed of one user or tenant at most; past it the longest unused are not listed. */
const MAX_LISTED = 10_000;

/** A chat of a list. @publicApi */
export interface ListedChat {
  /** The chat. */
  readonly chatId: string;
  /** When it was last appended to or touched, in milliseconds since 1970 by the server's clock. */
  readonly lastUsedAt: number;
}

/**
 * The chats of each user and tenant, by their last use. A list is a key of its own, in a slot of its own, so it may be
 * behind its chats by what an outage cut off: it tells what there is to open, and is no proof of it.
 *
 * @internal
 */
export class ChatIndex {
  constructor(
    private readonly scripts: ScriptRunner,
    private readonly settings: Pick<ContextSettings, 'name' | 'ttlMs'>,
  ) {}

  /** Lists a chat under its tenant and its user. Never rejects: the chat itself is written. */
  async list({ chatId, tenant }: ChatKeys, user: string): Promise<void> {
    const member = encodeId(chatId);
    const run = (key: string): Promise<unknown> =>
      this.scripts.run(LIST, [key], [member, this.settings.ttlMs, MAX_LISTED]).catch(() => undefined);
    await Promise.all(this.keysFor(tenant, user).map(run));
  }

  async unlist({ chatId, tenant }: ChatKeys, user: string): Promise<void> {
    const run = (key: string): Promise<unknown> => this.scripts.run(UNLIST, [key], [encodeId(chatId)]);
    await Promise.all(this.keysFor(tenant, user).map(run));
  }

  /** Last used first. */
  async chats(tenant: string | undefined, user: string, { before, limit }: PageCall): Promise<ListedChat[]> {
    const args = [this.settings.ttlMs, before, limit];
    const [listed] = await this.scripts.run(CHATS, [this.keyOf(tenant, user)], args);
    if (!Array.isArray(listed)) throw createReplyError(CHATS.name);
    return pairsOf(listed.flat().map(String)).flatMap(([member, score]) => {
      const chatId = decodeId(member);
      return chatId === undefined || chatId === '' ? [] : [{ chatId, lastUsedAt: Number(score) }];
    });
  }

  /** The tenant's list, and the user's in it; a chat of nobody is on none. */
  private keysFor(tenant: string | undefined, user: string): string[] {
    const users = user === '' ? [] : [this.keyOf(tenant, user)];
    return tenant === undefined ? users : [this.keyOf(tenant, ''), ...users];
  }

  private keyOf(tenant: string | undefined, user: string): string {
    return listKeyOf(tenant, user, this.settings.name);
  }
}

function pairsOf(texts: readonly string[]): [string, string][] {
  return Array.from({ length: Math.floor(texts.length / 2) }, (_, at) => [
    texts[at * 2] ?? '',
    texts[at * 2 + 1] ?? '',
  ]);
}
