import { Injectable, Module } from '@nestjs/common';
import type { ContextLoadOptions, ContextMessage } from 'nestjs-redis-hub/context';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is wrong with the place where the chats are kept. */
export type DatabaseFault = 'none' | 'slow' | 'throws' | 'hung';

/** Well within the time that a load has. */
const SLOW_MS = 350;

/** As the app's own code throws it: no error of the package. */
class ChatDatabaseError extends Error {
  override readonly name = 'ChatDatabaseError';
}

/** Where the chats of this app are really kept, asked by the context's loader: well, where no row says otherwise. */
@Injectable()
export class ChatDatabase {
  private readonly chats = new Map<string, ContextMessage[]>();
  private fault: DatabaseFault = 'none';
  private readonly hung: (() => void)[] = [];
  private hungLoads = 0;
  private abortedLoads = 0;

  /** Loads that hung, and of how many of them the loader was told that nobody waits any more. */
  get loads(): { readonly hung: number; readonly aborted: number } {
    return { hung: this.hungLoads, aborted: this.abortedLoads };
  }

  /** From now on. What hangs is answered, late. */
  suffer(fault: DatabaseFault): void {
    this.fault = fault;
    for (const answer of this.hung.splice(0)) answer();
  }

  add(chat: string, message: ContextMessage): void {
    this.chats.set(chat, [...(this.chats.get(chat) ?? []), message]);
  }

  /** The chat as it is at this moment, however late that is answered. */
  async load(chat: string, { limit, signal }: ContextLoadOptions): Promise<readonly ContextMessage[]> {
    const found = (this.chats.get(chat) ?? []).slice(-limit);
    if (this.fault === 'throws') throw new ChatDatabaseError('the database of the chats is out');
    if (this.fault === 'slow') await sleep(SLOW_MS);
    if (this.fault === 'hung') await this.hang(signal);
    return found;
  }

  /** A driver that knows nothing of signals hangs on. */
  private hang(signal: AbortSignal): Promise<void> {
    this.hungLoads += 1;
    signal.addEventListener('abort', () => (this.abortedLoads += 1), { once: true });
    return new Promise((resolve) => this.hung.push(resolve));
  }
}

@Module({ providers: [ChatDatabase], exports: [ChatDatabase] })
export class ChatDatabaseModule {}
