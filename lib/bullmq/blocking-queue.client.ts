import type { RedisConnection } from '../connection/redis.connection.js';
import { lendError } from './lend-error.js';
import { QueueClient } from './queue.client.js';
import type { ScriptDefinition } from './bull-adapter.js';

/**
 * A worker's or a QueueEvents' own connection: one of the shared connection's duplicates, which blocks as long as
 * BullMQ likes. BullMQ ends it and opens it again at will; once shutdown has begun it stays ended.
 *
 * @internal
 */
export class BlockingQueueClient extends QueueClient {
  private isEnded = false;

  constructor(
    private readonly shared: RedisConnection,
    private readonly purpose: string,
    private clientName: string | undefined,
    scripts: Map<string, ScriptDefinition>,
  ) {
    super(shared.duplicates.add(purpose), shared.stopClock, new Map(scripts));
    this.connection.begin();
  }

  /** While Redis is off it is as good as ready: idle, and closed without waiting for anybody. */
  override get status(): string {
    const { state } = this.connection;
    if (this.isEnded || state === 'closed') return 'end';
    if (state === 'connected' || state === 'disabled') return 'ready';
    return state === 'reconnecting' ? 'reconnecting' : 'connecting';
  }

  override set status(value: string) {
    if (value === 'end') void this.end();
  }

  override async connect(): Promise<void> {
    if (this.isEnded && !this.shared.stopClock.begun.aborted) {
      this.isEnded = false;
      this.moveTo(this.shared.duplicates.add(this.purpose));
    }
    try {
      await this.connection.ensureReadyClient();
    } catch (error) {
      throw lendError(error);
    }
  }

  duplicate(options?: { connectionName?: string }): BlockingQueueClient {
    return new BlockingQueueClient(this.shared, this.purpose, options?.connectionName ?? this.clientName, this.scripts);
  }

  override disconnect(): void {
    void this.end();
  }

  override async quit(): Promise<string> {
    await this.end();
    return 'OK';
  }

  /** Kept, and said again on every new socket: `getWorkers` finds workers by it. */
  override async clientSetName(name: string): Promise<unknown> {
    this.clientName = name;
    await this.beforeReady();
    return 'OK';
  }

  protected override async beforeReady(): Promise<void> {
    const { clientName } = this;
    if (clientName === undefined || this.connection.state !== 'connected') return;
    // Only a name: a server that does not let us have it does not keep us from working.
    await this.line.reject('queue.clientSetName', (client) => client.clientSetName(clientName)).catch(() => undefined);
  }

  private async end(): Promise<void> {
    if (this.isEnded) {
      queueMicrotask(() => this.emit('end'));
      return;
    }
    this.isEnded = true;
    this.line.end();
    await this.connection.close(0);
  }
}
