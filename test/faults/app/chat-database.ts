import { Injectable, Module } from '@nestjs/common';
import type { ContextMessage } from 'nestjs-redis-hub/context';

/** Where the chats of this app are really kept: never out, and asked by the context's loader. */
@Injectable()
export class ChatDatabase {
  private readonly chats = new Map<string, ContextMessage[]>();

  add(chat: string, message: ContextMessage): void {
    this.chats.set(chat, [...(this.chats.get(chat) ?? []), message]);
  }

  recent(chat: string, limit: number): readonly ContextMessage[] {
    return (this.chats.get(chat) ?? []).slice(-limit);
  }
}

@Module({ providers: [ChatDatabase], exports: [ChatDatabase] })
export class ChatDatabaseModule {}
