import { Inject, Injectable } from '@nestjs/common';
import { ContextCache } from 'nestjs-redis-hub/context';
import type { ContextMessage } from 'nestjs-redis-hub/context';
import { PAYLOAD } from '../../protocol.js';
import { ChatDatabase } from '../chat-database.js';
import type { VerbsProvider } from './verbs.js';

@Injectable()
export class ContextVerbs implements VerbsProvider {
  constructor(
    @Inject(ContextCache) private readonly context: ContextCache,
    @Inject(ChatDatabase) private readonly database: ChatDatabase,
  ) {}

  readonly verbs = {
    /** As the loader's contract asks: into the database first, then here. */
    write: async (chat: string, n: number) => {
      const message: ContextMessage = { role: 'user', id: `${chat}/${n}`, content: `${chat}|${n}|${PAYLOAD}` };
      this.database.add(chat, message);
      const { cold } = await this.context.append(chat, message);
      return { cold };
    },
    /** Redis holds it no more, as if it had expired. */
    forget: (chat: string) => this.context.clear(chat),
    /** Each message as chat and number. */
    read: async (chat: string) => {
      const { messages, source, reason } = await this.context.read(chat);
      const seen = messages.map(({ content }) => String(content).split('|').slice(0, 2));
      return { seen: seen.map(([key, n]) => ({ key, n: Number(n) })), source, reason };
    },
  };
}
