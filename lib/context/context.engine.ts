import type { Subscription } from 'rxjs';
import { isOutage } from '../errors/is-outage.js';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { encodeId } from '../utils/encode-id.js';
import { Traced } from '../utils/traced.decorator.js';
import { assertWeights } from './assert-messages.js';
import type { PageCall } from './call-options.js';
import { ChatCompactor } from './chat.compactor.js';
import { ChatIndex } from './chat.index.js';
import type { ListedChat } from './chat.index.js';
import type { ChatKeys } from './chat-keys.js';
import { ChatLoads } from './chat-loads.js';
import { ChatPages } from './chat.pages.js';
import { ChatReader } from './chat.reader.js';
import type { ReadBounds } from './chat.reader.js';
import { ChatStore } from './chat.store.js';
import { CONTEXT_OPERATIONS } from './context.constants.js';
import { publishRead } from './context-events.js';
import type { ContextSettings } from './context-options.interface.js';
import type { AppendResult, CompactResult, ContextPage, ContextRead, Summarize } from './context-result.interface.js';
import { encodeEnvelope } from './envelope.codec.js';
import type { ChatEntry } from './envelope.codec.js';
import { ScriptRunner } from './script-runner.js';
import { SuspectChats } from './suspect-chats.js';
import type { CountTokens } from './tokens/token-counter.js';

/**
 * What every face of one context shares: the store, the loads in flight, the place in the connection's registry.
 *
 * @internal
 */
@Traced('context', CONTEXT_OPERATIONS)
export class ContextEngine {
  private readonly store: ChatStore;
  private readonly index: ChatIndex;
  private readonly pages: ChatPages;
  private readonly compactor: ChatCompactor;
  private readonly loads: ChatLoads | undefined;
  private readonly reader: ChatReader;
  private readonly suspects: SuspectChats | undefined;
  private readonly unregister: () => void;
  private readonly returns: Subscription;

  constructor(
    private readonly connection: RedisConnectionHandle,
    readonly settings: ContextSettings,
    readonly countTokens: CountTokens,
  ) {
    const { name, loader, required, onLoaderError } = settings;
    const scripts = new ScriptRunner(connection);
    this.store = new ChatStore(scripts, settings);
    this.index = new ChatIndex(scripts, settings);
    this.pages = new ChatPages(this.store, countTokens);
    this.compactor = new ChatCompactor(this.store, settings, countTokens);
    this.loads = loader === undefined ? undefined : new ChatLoads(loader, settings, countTokens);
    this.suspects = loader === undefined ? undefined : new SuspectChats(this.store);
    this.reader = new ChatReader(this.store, this.loads, this.suspects, countTokens, onLoaderError === 'stale');
    this.unregister = connection.registerConsumer({
      name: name === undefined ? 'context' : `context:${name}`,
      required,
      hasFallback: loader !== undefined,
      tier: () => this.tier(),
    });
    this.returns = connection.state$.subscribe(({ to }) => {
      if (to === 'connected') void this.suspects?.settleAll();
    });
  }

  async append(keys: ChatKeys, entries: readonly ChatEntry[], userId?: string): Promise<AppendResult> {
    assertWeights(entries, this.settings.maxTokens, 'context.append');
    const user = userId === undefined ? '' : encodeId(userId);
    // Both are on their way before either is answered: one round trip.
    const listed = this.index.list(keys, user);
    const result = await this.keepTrack(keys, () => this.store.append(keys, entries, user));
    await listed;
    return result;
  }

  async read(keys: ChatKeys, bounds: ReadBounds, onUnavailable: 'miss' | 'throw'): Promise<ContextRead> {
    const startedAt = performance.now();
    const { read, error } = await this.reader.read(keys, bounds);
    publishRead(this.connection.name, this.settings.name, read, startedAt);
    if (error !== undefined && onUnavailable === 'throw') throw error;
    return read;
  }

  async page(keys: ChatKeys, call: PageCall): Promise<ContextPage> {
    try {
      await this.warm(keys);
      return await this.pages.page(keys, call);
    } catch (error) {
      // An older page is asked for by the server's numbers, which no loader knows.
      if (this.loads === undefined || call.before > 0 || !isOutage(error)) throw error;
      return this.pageFrom(this.loads, keys, call.limit);
    }
  }

  async compact(keys: ChatKeys, summarize: Summarize, keep: number): Promise<CompactResult> {
    await this.warm(keys);
    return this.compactor.compact(keys, summarize, keep);
  }

  async pin(keys: ChatKeys, entry: ChatEntry | undefined): Promise<void> {
    await this.store.pin(keys, entry === undefined ? '' : encodeEnvelope(0, entry));
  }

  async touch(keys: ChatKeys): Promise<boolean> {
    const [isThere, user] = await this.store.touch(keys);
    if (isThere) await this.index.list(keys, user);
    return isThere;
  }

  async clear(keys: ChatKeys): Promise<boolean> {
    this.loads?.forget(keys);
    return this.store.clear(keys);
  }

  async delete(keys: ChatKeys): Promise<boolean> {
    this.loads?.forget(keys);
    const [wasThere, user] = await this.store.delete(keys);
    await this.index.unlist(keys, user);
    return wasThere;
  }

  chats(tenant: string | undefined, userId: string | undefined, call: PageCall): Promise<ListedChat[]> {
    return this.index.chats(tenant, userId === undefined ? '' : encodeId(userId), call);
  }

  /** Gives back the place in the registry. Calls that come later, while the app drains, are still served. */
  close(): void {
    this.unregister();
    this.returns.unsubscribe();
  }

  /** After an append that failed, what Redis has of the chat may miss a message that the loader's source has. */
  private async keepTrack<T>(keys: ChatKeys, write: () => Promise<T>): Promise<T> {
    try {
      await this.suspects?.settle(keys);
      return await write();
    } catch (error) {
      this.loads?.forget(keys);
      this.suspects?.add(keys);
      if (this.connection.state === 'connected') void this.suspects?.settleAll();
      throw error;
    }
  }

  private async pageFrom(loads: ChatLoads, keys: ChatKeys, limit: number): Promise<ContextPage> {
    const { entries } = await loads.load(keys, '', async () => undefined);
    return this.pages.pageOf(entries, limit, entries.length < this.settings.maxMessages);
  }

  /** With a loader Redis is given the chat first, where it does not have it. */
  private async warm(keys: ChatKeys): Promise<void> {
    if (this.loads === undefined) return;
    const { error } = await this.reader.read(keys, { limit: this.settings.maxMessages, maxTokens: undefined });
    if (error !== undefined) throw error;
  }

  private tier(): string {
    if (this.connection.state === 'connected') return 'redis';
    return this.loads === undefined ? 'none' : 'loader';
  }
}
