import type { EventEmitter } from 'node:events';
import { readProperty } from '../../errors/read-property.js';
import type { NativeNodeRedis } from './node-redis.client.js';

/** @internal */
export const EJECT = '_ejectSocket';
/** @internal */
export const INSERT = '_insertSocket';

/**
 * By which node-redis itself moves a client to another server (5.9 and later). What is taken out tells of each piece that
 * comes in, deciphered where the socket speaks TLS; the driver's own listeners go and come with it.
 *
 * @internal
 */
export interface SocketOwner {
  /** Takes the socket out, which makes the client unusable until it has another. */
  [EJECT](): EventEmitter;
  [INSERT](socket: EventEmitter): void;
}

/** Hears what comes in on a socket, before the driver does. @internal */
export type ReplyListener = (bytes: Buffer) => void;

/**
 * Listens on the socket of a client on which nothing has come in yet, in the place of whoever listened before. An earlier
 * version of the driver shows its socket to nobody.
 *
 * @internal
 */
export function tapReplies(client: object, listener: ReplyListener): void {
  if (!hasSocket(client)) return;
  const socket = client[EJECT]();
  client[INSERT](socket);
  socket.prependListener('data', listener);
}

/** The same, where it speaks TLS: of other sockets Node tells. @returns the listener, where it listens @internal */
export function tapTlsReplies(client: NativeNodeRedis, listener: ReplyListener): ReplyListener | undefined {
  if (readProperty(client.options?.socket, 'tls') !== true) return undefined;
  tapReplies(client, listener);
  return listener;
}

function hasSocket(client: object): client is SocketOwner {
  const owner = client as Partial<SocketOwner>;
  return typeof owner[EJECT] === 'function' && typeof owner[INSERT] === 'function';
}
