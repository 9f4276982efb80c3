import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ChatDatabase } from './chat.database.js';
import { MemoryChatDatabase } from './memory-chat.database.js';
import { PostgresChatDatabase } from './postgres-chat.database.js';

@Module({
  providers: [{ provide: ChatDatabase, inject: [ConfigService], useFactory: createChatDatabase }],
  exports: [ChatDatabase],
})
export class ChatDatabaseModule {}

/** In the Postgres of `DATABASE_URL`, or in this process where there is none. */
function createChatDatabase(config: ConfigService): ChatDatabase {
  const connectionString = config.get<string>('DATABASE_URL');
  return connectionString ? new PostgresChatDatabase(connectionString) : new MemoryChatDatabase();
}
