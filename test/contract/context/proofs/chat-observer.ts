import type { RespConnection } from '../../../support/resp-connection.js';
import type { RedisTestServer } from '../../../support/redis-server.js';
import { keysOf } from '../context-app.js';
import { entriesOf } from './chat-ledger.js';
import type { StoredEntry } from './chat-ledger.js';

/** A look at one chat at one moment. */
export interface Look {
  readonly chat: string;
  readonly entries: readonly StoredEntry[];
}

/** Looks at chats on the server without a pause, over a connection of its own, until it is ended. */
export class ChatObserver {
  readonly looks: Look[] = [];
  readonly faults: string[] = [];
  private isEnding = false;
  private readonly watching: Promise<void>;

  private constructor(
    private readonly probe: RespConnection,
    private readonly chats: readonly string[],
    private readonly cap: number,
  ) {
    this.watching = this.watch();
    // Told by end, where a test comes to it.
    this.watching.catch(() => undefined);
  }

  static async start(server: RedisTestServer, chats: readonly string[], cap: number): Promise<ChatObserver> {
    return new ChatObserver(await server.connect(), chats, cap);
  }

  async end(): Promise<void> {
    this.isEnding = true;
    await this.watching;
    this.probe.close();
  }

  private async watch(): Promise<void> {
    for (let at = 0; !this.isEnding; at += 1) await this.look(this.chats[at % this.chats.length] ?? '');
  }

  private async look(chat: string): Promise<void> {
    const { list, hash } = keysOf(chat);
    const commands = [
      ['MULTI'],
      ['HGET', hash, 'q'],
      ['LRANGE', list, 0, -1],
      ['PTTL', list],
      ['PTTL', hash],
      ['EXEC'],
    ];
    const replies = await Promise.all(commands.map((command) => this.probe.call(...command)));
    const [newest, entries, ...lives] = replies.at(-1) as [string | null, string[], number, number];
    if (newest === null) return;
    const length = Math.min(this.cap, Number(newest));
    if (entries.length !== length) this.faults.push(`${chat}: ${entries.length} entries of ${newest}`);
    if (!lives.every((life) => life > 0)) this.faults.push(`${chat}: PTTL ${lives.join()}`);
    this.looks.push({ chat, entries: entriesOf(entries) });
  }
}

/** Keys on the server that would stay for ever. */
export async function keysWithoutEnd(server: RedisTestServer): Promise<string[]> {
  const probe = await server.connect();
  const keys = (await probe.call('KEYS', '*')) as string[];
  const lives = await Promise.all(keys.map((key) => probe.call('PTTL', key)));
  probe.close();
  return keys.filter((_, at) => Number(lives[at]) <= 0);
}
