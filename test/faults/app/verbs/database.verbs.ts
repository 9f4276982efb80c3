import { Inject, Injectable } from '@nestjs/common';
import { ChatDatabase, type DatabaseFault } from '../chat-database.js';
import type { VerbsProvider } from './verbs.js';

/** What becomes of the place where the chats are kept. */
@Injectable()
export class DatabaseVerbs implements VerbsProvider {
  constructor(@Inject(ChatDatabase) private readonly database: ChatDatabase) {}

  readonly verbs = {
    suffer: (fault: DatabaseFault) => Promise.resolve(this.database.suffer(fault)),
    loads: () => Promise.resolve(this.database.loads),
  };
}
