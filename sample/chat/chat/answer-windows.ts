import { Injectable } from '@nestjs/common';
import type { AnswerWindow, ChatKey } from './chat.interface.js';

const MOST = 500;

/** What the worker saw at its last answer in each chat, for the page; the latest of this process. */
@Injectable()
export class AnswerWindows {
  private readonly windows = new Map<string, AnswerWindow>();

  get(key: ChatKey): AnswerWindow | undefined {
    return this.windows.get(nameOf(key));
  }

  set(key: ChatKey, window: AnswerWindow): void {
    this.windows.delete(nameOf(key));
    this.windows.set(nameOf(key), window);
    const [oldest] = this.windows.keys();
    if (this.windows.size > MOST && oldest !== undefined) this.windows.delete(oldest);
  }
}

function nameOf({ user, chatId }: ChatKey): string {
  return JSON.stringify([user, chatId]);
}
