import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, ServiceUnavailableException } from '@nestjs/common';
import type { CompactResult, ContextMessage } from 'nestjs-redis-hub/context';
import { ANSWERER } from '../chat/answerer.interface.js';
import type { Answerer } from '../chat/answerer.interface.js';
import { ChatContext } from '../chat/chat.context.js';
import { CHAT_LIMITS } from '../chat/chat.constants.js';
import type { ChatKey, SummaryMessage } from '../chat/chat.interface.js';
import { ChatDatabase } from '../database/chat.database.js';
import { countTokens } from '../database/count-tokens.js';
import { summarizedRange } from './summarized-range.js';

/** Puts a summary in the place of a chat's older messages, in the context; the table keeps both. */
@Injectable()
export class CompactionService {
  private readonly logger = new Logger(CompactionService.name);

  constructor(
    @Inject(ANSWERER) private readonly answerer: Answerer,
    private readonly context: ChatContext,
    private readonly database: ChatDatabase,
  ) {}

  /** @throws RedisError where Redis is out: the summary may be in the table then, and shows when the chat is loaded */
  async compact(key: ChatKey): Promise<Omit<CompactResult, 'length'>> {
    const { replaced, conflict } = await this.context.compact(key, (messages) => this.summarize(key, messages));
    // The table may have a summary that Redis does not: the next read loads it.
    if (conflict) await this.context.expire(key);
    return { replaced, conflict };
  }

  /** Written to the table first, as every message is: what Redis forgets can be loaded again. */
  private async summarize(key: ChatKey, messages: readonly ContextMessage[]): Promise<readonly ContextMessage[]> {
    if (messages.filter(({ role }) => role !== 'system').length < 2) return [];
    const content = await this.write(messages);
    const id = `summary-${randomUUID()}`;
    const message: SummaryMessage = { role: 'system', id, content, createdAt: new Date().toISOString() };
    await this.save(key, messages, message);
    return [message];
  }

  private async write(messages: readonly ContextMessage[]): Promise<string> {
    try {
      return await this.answerer.summarize(messages);
    } catch (error) {
      this.logger.error(`No summary: ${error instanceof Error ? error.name : typeof error}`);
      const message = 'The model gave no summary. Nothing was changed';
      throw new ServiceUnavailableException({ statusCode: 503, kind: 'model', message, retry: true });
    }
  }

  private async save(key: ChatKey, messages: readonly ContextMessage[], message: SummaryMessage): Promise<void> {
    const ids = new Set(messages.map(({ id }) => id));
    const before = await this.database.summary(key);
    const rows = await this.database.recent(key, 2 * CHAT_LIMITS.contextMessages, before?.until);
    const range = summarizedRange(rows, ids);
    if (range === undefined) return;
    const from = before !== undefined && ids.has(before.message.id) ? before.from : range.from;
    await this.database.saveSummary(key, { from, until: range.until, tokens: countTokens(message), message });
  }
}
