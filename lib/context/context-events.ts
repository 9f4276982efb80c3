import { channel } from 'node:diagnostics_channel';
import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { ContextMissReason, ContextRead } from './context-result.interface.js';

/** One read of a chat, on the channel `nestjs-redis-hub:context:read`. Neither chat nor tenant is told. @publicApi */
export interface ContextReadEvent {
  readonly connection: string;
  /** The context's name, where it has one. */
  readonly context?: string;
  readonly source: ContextRead['source'];
  readonly hit: boolean;
  readonly reason?: ContextMissReason;
  /** Beside the reason `redis_error`. */
  readonly errorKind?: RedisErrorKind;
  /** Messages that were returned. */
  readonly messages: number;
  /** What they weigh together. */
  readonly tokens: number;
  /** Entries that could not be read. */
  readonly corrupt: number;
  /** Milliseconds from the call to the answer. */
  readonly durationMs: number;
}

const READS = channel('nestjs-redis-hub:context:read');

/** @internal */
export function publishRead(
  connection: string,
  context: string | undefined,
  read: ContextRead,
  startedAt: number,
): void {
  if (!READS.hasSubscribers) return;
  const event: ContextReadEvent = {
    ...read,
    connection,
    ...(context !== undefined && { context }),
    messages: read.messages.length,
    durationMs: performance.now() - startedAt,
  };
  READS.publish(event);
}
