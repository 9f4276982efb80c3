import { createIORedisClient, createNodeRedisClient, type IRedisClient } from 'bullmq';
import type { RedisClient, RedisDriverName } from '../interfaces/redis-client.interface.js';

/** The Lua that BullMQ registers. @internal */
export interface ScriptDefinition {
  readonly numberOfKeys: number;
  readonly lua: string;
  readonly readOnly?: boolean;
}

/**
 * BullMQ's own adapter of a native client, made once and only while the client is connected: that of node-redis would
 * call `connect()` in its constructor otherwise, beside our loop.
 *
 * @internal
 */
export class BullAdapter {
  private made: IRedisClient | undefined;
  private readonly scripts = new Map<string, ScriptDefinition>();
  private isLoaded = false;

  constructor(
    private readonly native: () => RedisClient,
    private readonly driver: () => RedisDriverName | undefined,
    private readonly refusal: () => Error | undefined,
  ) {}

  /** The adapter, knowing every script. Call it only while the connection is connected. */
  get client(): IRedisClient {
    const client = (this.made ??= this.make());
    if (!this.isLoaded) this.load(client);
    return client;
  }

  /** The Lua of every script. */
  get sources(): string[] {
    return [...this.scripts.values()].map(({ lua }) => lua);
  }

  define(name: string, definition: ScriptDefinition): void {
    this.scripts.set(name, definition);
    this.isLoaded = false;
  }

  /**
   * Before a MULTI of several scripts: ioredis sends the source of a script that it has not used since it was defined,
   * and the hash of any other. Where the server had forgotten that one, the rest would be executed without it: a flow's
   * parent would be let go before its child was there.
   */
  readonly renew = (names: readonly string[]): void => {
    if (this.driver() !== 'ioredis' || names.length < 2) return;
    for (const name of names) {
      const definition = this.scripts.get(name);
      if (definition !== undefined) this.client.defineCommand(name, definition);
    }
  };

  /** The server behind the next socket may not know the scripts: node-redis cannot load them inside a MULTI. */
  forgetLoaded(): void {
    this.isLoaded = this.driver() === 'ioredis' && this.isLoaded;
  }

  private load(client: IRedisClient): void {
    for (const [name, definition] of this.scripts) client.defineCommand(name, definition);
    this.isLoaded = true;
  }

  private make(): IRedisClient {
    const refusal = this.refusal();
    if (refusal !== undefined) throw refusal;
    const native = this.native();
    if (this.driver() === 'ioredis')
      return createIORedisClient(native as unknown as Parameters<typeof createIORedisClient>[0]);
    const adapter = createNodeRedisClient(native);
    // It repeats the client's errors as its own; an emitter without a listener for them throws. The connection tells.
    adapter.on('error', () => undefined);
    return adapter;
  }
}
