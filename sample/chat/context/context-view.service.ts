import { Injectable } from '@nestjs/common';
import { isRedisError } from 'nestjs-redis-hub';
import type { ContextRead, PageEntry } from 'nestjs-redis-hub/context';
import { CHAT_LIMITS } from '../chat/chat.constants.js';
import { ChatContext } from '../chat/chat.context.js';
import type { ChatKey } from '../chat/chat.interface.js';
import { ChatDatabase } from '../database/chat.database.js';
import type { StoredMessage, StoredSummary } from '../database/chat.database.js';
import { ChatDatabaseError } from '../database/chat-database.error.js';
import { rowsOf, unboundedTokens } from './context-rows.js';
import type { ContextView } from './context-view.interface.js';

interface Table {
  readonly stored: readonly StoredMessage[];
  readonly summary: StoredSummary | undefined;
  readonly messages: number | null;
}

/** Reads the window as for a model, and what is left out of it. */
@Injectable()
export class ContextViewService {
  constructor(
    private readonly context: ChatContext,
    private readonly database: ChatDatabase,
  ) {}

  async view(key: ChatKey, budget: number): Promise<ContextView> {
    const startedAt = performance.now();
    // First, so that it tells who would have answered: what is read after it finds Redis warm.
    const { messages: window, ...read } = await this.context.read(key, {
      limit: CHAT_LIMITS.windowMessages,
      maxTokens: budget,
    });
    const tookMs = Math.round((performance.now() - startedAt) * 10) / 10;
    const [held, { stored, summary, messages }] = await Promise.all([this.held(key, read), this.table(key)]);
    const rows = rowsOf({ window, held, stored, summary });
    const { windowMessages, contextMessages } = CHAT_LIMITS;
    return {
      ...read,
      tookMs,
      budget,
      unboundedTokens: unboundedTokens(rows),
      limits: { windowMessages, contextMessages },
      table: { kind: this.database.kind, messages },
      rows,
    };
  }

  /** Not asked where Redis has just shown that it does not answer. */
  private async held(key: ChatKey, { reason }: Pick<ContextRead, 'reason'>): Promise<readonly PageEntry[] | undefined> {
    if (reason === 'redis_error' || reason === 'disabled') return undefined;
    try {
      return await this.context.held(key);
    } catch (error) {
      if (isRedisError(error)) return undefined;
      throw error;
    }
  }

  /** Without it, what Redis holds is still there to be shown. */
  private async table(key: ChatKey): Promise<Table> {
    try {
      const summary = await this.database.summary(key);
      const [stored, messages] = await Promise.all([
        this.database.recent(key, CHAT_LIMITS.shownMessages),
        this.database.count(key),
      ]);
      return { stored, summary, messages };
    } catch (error) {
      if (error instanceof ChatDatabaseError) return { stored: [], summary: undefined, messages: null };
      throw error;
    }
  }
}
