import { connectionClosed } from '../../errors/connection-closed.js';
import { RedisError } from '../../errors/redis.error.js';
import type { NativeNodeRedis } from './node-redis.client.js';
import { EJECT, INSERT, type ReplyListener, type SocketOwner } from './reply-tap.js';

type PubSubType = 'CHANNELS' | 'PATTERNS' | 'SHARDED';
type PubSubListeners = Map<string, unknown>;

/** By which node-redis itself moves a client to another server, when a managed one announces its maintenance. */
interface Movable extends SocketOwner {
  readonly isWatching: boolean;
  setDirtyWatch(reason: string): void;
  getPubSubListeners(type: PubSubType): PubSubListeners;
  extendPubSubListeners(type: PubSubType, listeners: PubSubListeners): Promise<unknown>;
}

const NEEDED = [EJECT, INSERT, 'setDirtyWatch', 'getPubSubListeners', 'extendPubSubListeners'] as const;
const PUB_SUB_TYPES: readonly PubSubType[] = ['CHANNELS', 'PATTERNS', 'SHARDED'];

/** @throws RedisError where this version of node-redis has no socket to hand over @internal */
export function assertCanHandOver(client: NativeNodeRedis): void {
  const owner = client as unknown as Readonly<Record<string, unknown>>;
  if (NEEDED.every((name) => typeof owner[name] === 'function')) return;
  throw new RedisError({
    kind: 'configuration',
    operation: 'connect',
    message: 'sentinel: with node-redis it needs redis 5.9 or later; update redis, or install ioredis.',
  });
}

/**
 * Gives `receiver` the socket that `opener` opened and logged in, and the subscriptions that it had on its last one. A
 * client of node-redis keeps the address that it was made with, so a new address needs a new client, while everybody
 * holds the old one. In the receiver's events it is a reconnect like any other. The opener is of no use any more.
 *
 * The socket that is handed over has to be open: what a socket does on connecting belongs to the client that made it.
 *
 * @param listener that of the replies, which goes with the socket
 * @internal
 */
export async function handOver(
  opener: NativeNodeRedis,
  receiver: NativeNodeRedis,
  listener?: ReplyListener,
): Promise<void> {
  if (!opener.isReady) throw connectionClosed();
  const [from, to] = [opener, receiver] as unknown as readonly [Movable, Movable];
  const spent = to[EJECT]();
  const socket = from[EJECT]();
  to[INSERT](socket);
  if (listener !== undefined) socket.prependListener('data', listener);
  from[INSERT](spent);
  dispose(opener);
  // The driver tells a WATCH of an earlier socket by a count, which begins anew with each client.
  if (to.isWatching) to.setDirtyWatch('Client reconnected after WATCH');
  socket.emit('connect');
  await Promise.all(PUB_SUB_TYPES.map((type) => resubscribe(to, type)));
  // It tells its listeners, and writes what waits.
  socket.emit('ready');
}

/** Takes it out of the driver's metrics and stops its timers. node-redis 5 throws for a client that is not open. */
function dispose(client: NativeNodeRedis): void {
  try {
    client.destroy();
  } catch {
    // There was no socket left to end.
  }
}

/** To the driver they are new ones: it subscribes again by itself only on a socket that its own client opened. */
async function resubscribe(client: Movable, type: PubSubType): Promise<void> {
  const present = client.getPubSubListeners(type);
  if (present.size === 0) return;
  const known = new Map(present);
  present.clear();
  await client.extendPubSubListeners(type, known);
}
