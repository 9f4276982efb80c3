import { Injectable } from '@nestjs/common';
import { RedisService } from 'nestjs-redis-hub';
import { ContextCache } from 'nestjs-redis-hub/context';
import type { ContextRead } from 'nestjs-redis-hub/context';
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
  read({ user, chatId }: ChatKey, limit?: number): Promise<ContextRead> {
    return this.cache.forTenant(user).read(chatId, limit);
  }
}
