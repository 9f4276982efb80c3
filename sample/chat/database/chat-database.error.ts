import { ConflictException, ServiceUnavailableException } from '@nestjs/common';
import type { ChatMessage } from '../chat/chat.interface.js';

/** The place where the chats are kept cannot be reached: a 503 that says nothing of what was asked of it. */
export class ChatDatabaseError extends ServiceUnavailableException {
  constructor() {
    const message = 'The database of the chats does not answer. Try again when it is back';
    super({ statusCode: 503, kind: 'database', message, retry: true });
  }
}

/** @throws ConflictException where the stored message says something else */
export function assertSame(stored: ChatMessage, given: ChatMessage): void {
  if (stored.content === given.content && stored.role === given.role) return;
  throw new ConflictException('A message with this id and another text is stored already');
}
