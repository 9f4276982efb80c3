import { Module } from '@nestjs/common';
import { ChatDatabase } from './chat.database.js';

@Module({ providers: [ChatDatabase], exports: [ChatDatabase] })
export class ChatDatabaseModule {}
