import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { ReplyScanner } from './reply-scanner.js';

/** Where Node tells of every socket that is opened by a client; not of those that speak TLS. */
const SOCKETS = 'net.client.socket';

/** Said of a reply that no server can mean; see {@link ReplyScanner}. Mapped to kind `connection-lost`. @internal */
export class HostileReplyError extends Error {
  readonly code = 'ECONNABORTED';

  constructor(fault: string) {
    super(`The server's reply ${fault}; the connection is thrown away. Is it Redis?`);
    this.name = 'HostileReplyError';
  }
}

/**
 * What reads along on one socket, before the driver does, and tells of a reply that the driver must not read: it would
 * make room for whatever is announced, for which the process may have no memory. Whoever is told ends the socket.
 *
 * @internal
 */
export function createReplyGuard(onFault: (fault: HostileReplyError) => void): (bytes: Buffer) => void {
  const scanner = new ReplyScanner();
  return (bytes) => {
    const fault = scanner.scan(bytes);
    if (fault === undefined) return;
    // The driver's listener is called with the same bytes, whatever becomes of the socket.
    bytes.fill(0);
    onFault(new HostileReplyError(fault));
  };
}

/** Puts a guard on a socket, which ends it. @internal */
export function guardReplies(socket: Socket, onFault: (fault: HostileReplyError) => void): void {
  const guard = createReplyGuard((fault) => {
    onFault(fault);
    socket.destroy(fault);
  });
  socket.prependListener('data', guard);
}

/** The sockets that are opened while `open` runs. Of those that speak TLS Node does not tell. @internal */
export function socketsOpenedBy<T>(open: () => T, onSocket: (socket: Socket) => void): T {
  const note = (message: unknown): void => onSocket((message as { readonly socket: Socket }).socket);
  subscribe(SOCKETS, note);
  try {
    return open();
  } finally {
    unsubscribe(SOCKETS, note);
  }
}
