import { Module } from '@nestjs/common';
import { BullModule } from '@nestjs/bullmq';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { RedisModule, redisOptionsFromEnv } from 'nestjs-redis-hub';
import type { RedisModuleOptions } from 'nestjs-redis-hub';
import { QueueConnection, QueueConnectionModule } from 'nestjs-redis-hub/bullmq';
import { ContextModule } from 'nestjs-redis-hub/context';
import type { ContextModuleOptions } from 'nestjs-redis-hub/context';
import { RedisHealthModule } from 'nestjs-redis-hub/health';
import { SessionModule } from 'nestjs-redis-hub/session';
import { ExpressSessionModule } from 'nestjs-redis-hub/session/express';
import { AuthModule } from './auth/auth.module.js';
import { ChatSessionOptions } from './auth/session-options.factory.js';
import { CHAT_LIMITS } from './chat/chat.constants.js';
import { ChatModule } from './chat/chat.module.js';
import { CommonModule } from './common/common.module.js';
import { ContextViewModule } from './context/context-view.module.js';
import { ChatDatabase } from './database/chat.database.js';
import { ChatDatabaseModule } from './database/chat-database.module.js';
import { countTokens } from './database/count-tokens.js';
import { StatusModule } from './status/status.module.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true }),
    RedisModule.forRootAsync({ inject: [ConfigService], useFactory: redisOptions }), // first: it closes last
    SessionModule.forRootAsync({ useClass: ChatSessionOptions }),
    ExpressSessionModule,
    ContextModule.forRootAsync({ imports: [ChatDatabaseModule], inject: [ChatDatabase], useFactory: contextOptions }),
    BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
    RedisHealthModule,
    CommonModule,
    AuthModule,
    ChatModule,
    ContextViewModule,
    StatusModule,
  ],
})
export class AppModule {}

/** The `REDIS_` variables; but this app starts without Redis too, so that its page can show what that is like. */
function redisOptions(config: ConfigService): RedisModuleOptions {
  const read = (name: string): string | undefined =>
    config.get<string>(name) ?? (name === 'REDIS_BOOT' ? 'degrade' : undefined);
  return redisOptionsFromEnv(read);
}

function contextOptions(database: ChatDatabase): ContextModuleOptions {
  return {
    maxMessages: CHAT_LIMITS.contextMessages,
    ttlMs: 24 * 3_600_000,
    countTokens,
    loader: (chatId, { tenant = '', limit }) => database.load({ user: tenant, chatId }, limit),
  };
}
