import type { Subscription } from 'rxjs';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import type { ChatKeys } from './chat-keys.js';
import { ChatLoads } from './chat-loads.js';
import { ChatReader } from './chat.reader.js';
import { ChatStore } from './chat.store.js';
import { publishRead } from './context-events.js';
import type { ContextSettings } from './context-options.interface.js';
import type { AppendResult, ContextRead } from './context-result.interface.js';
import type { ChatEntry } from './envelope.codec.js';
import { SuspectChats } from './suspect-chats.js';

/**
 * What every face of one context shares: the store, the loads in flight, the place in the connection's registry.
 *
 * @internal
 */
export class ContextEngine {
  private readonly store: ChatStore;
  private readonly loads: ChatLoads | undefined;
  private readonly reader: ChatReader;
  private readonly suspects: SuspectChats | undefined;
  private readonly unregister: () => void;
  private readonly returns: Subscription;

  constructor(
    private readonly connection: RedisConnectionHandle,
    readonly settings: ContextSettings,
  ) {
    const { loader, required } = settings;
    this.store = new ChatStore(connection, settings);
    this.loads = loader === undefined ? undefined : new ChatLoads(loader, settings);
    this.suspects = loader === undefined ? undefined : new SuspectChats(this.store);
    this.reader = new ChatReader(this.store, this.loads, this.suspects);
    this.unregister = connection.registerConsumer({
      name: 'context',
      required,
      hasFallback: loader !== undefined,
      tier: () => this.tier(),
    });
    this.returns = connection.state$.subscribe(({ to }) => {
      if (to === 'connected') void this.suspects?.settleAll();
    });
  }

  async append(keys: ChatKeys, entries: readonly ChatEntry[]): Promise<AppendResult> {
    try {
      await this.suspects?.settle(keys);
      return await this.store.append(keys, entries);
    } catch (error) {
      this.loads?.forget(keys);
      this.suspects?.add(keys);
      if (this.connection.state === 'connected') void this.suspects?.settleAll();
      throw error;
    }
  }

  async read(keys: ChatKeys, limit: number, onUnavailable: 'miss' | 'throw'): Promise<ContextRead> {
    const startedAt = performance.now();
    const { read, error } = await this.reader.read(keys, limit);
    publishRead(this.connection.name, read, startedAt);
    if (error !== undefined && onUnavailable === 'throw') throw error;
    return read;
  }

  async clear(keys: ChatKeys): Promise<boolean> {
    this.loads?.forget(keys);
    return this.store.clear(keys);
  }

  /** Gives back the place in the registry. Calls that come later, while the app drains, are still served. */
  close(): void {
    this.unregister();
    this.returns.unsubscribe();
  }

  private tier(): string {
    if (this.connection.state === 'connected') return 'redis';
    return this.loads === undefined ? 'none' : 'loader';
  }
}
