import { Injectable } from '@nestjs/common';
import { RedisService } from 'nestjs-redis-hub';
import { ContextCache } from 'nestjs-redis-hub/context';
import type { CompactResult, ContextRead, PageEntry, ReadOptions, Summarize } from 'nestjs-redis-hub/context';
import { CHAT_LIMITS } from './chat.constants.js';
import type { ChatKey, ChatMessage } from './chat.interface.js';

/** The recent messages of a user's chats, each user a tenant. */
@Injectable()
export class ChatContext {
  constructor(
    private readonly cache: ContextCache,
    private readonly redis: RedisService,
  ) {}

  /** Adds a message that is in the database already; once, whatever the number of calls. */
  async append({ user, chatId }: ChatKey, message: ChatMessage): Promise<void> {
    if (!this.redis.isEnabled) return; // the loader has it
    await this.cache.forTenant(user).append(chatId, message);
  }

  /** The newest messages and where they came from. */
  read({ user, chatId }: ChatKey, limit?: number | ReadOptions): Promise<ContextRead> {
    return this.cache.forTenant(user).read(chatId, limit);
  }

  /** What Redis holds of a chat, each message with its number. */
  async held({ user, chatId }: ChatKey): Promise<readonly PageEntry[]> {
    return (await this.cache.forTenant(user).page(chatId, { limit: CHAT_LIMITS.contextMessages })).entries;
  }

  /** Puts a summary in the place of all but the newest messages. */
  compact({ user, chatId }: ChatKey, summarize: Summarize): Promise<CompactResult> {
    return this.cache.forTenant(user).compact(chatId, summarize, { keep: CHAT_LIMITS.keptMessages });
  }

  /** As if its time were over: Redis does not hold the chat any more, and the next read loads it. */
  async expire({ user, chatId }: ChatKey): Promise<void> {
    await this.cache.forTenant(user).clear(chatId);
  }
}
