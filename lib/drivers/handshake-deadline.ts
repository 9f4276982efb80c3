import type { EventEmitter } from 'node:events';
import { startDeadline, withDeadline, type Deadline } from '../utils/deadline.js';

/** Said by a server that took the connection and then nothing. Mapped to kind `connect-timeout`. @internal */
export class SilentHandshakeError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(ms: number) {
    super(`The server accepted the connection and did not answer the handshake within ${ms} ms`);
    this.name = 'SilentHandshakeError';
  }
}

/** The outcome of one step of a handshake, or a {@link SilentHandshakeError} after `ms`. @internal */
export function withinHandshake<T>(step: Promise<T>, ms: number): Promise<T> {
  return withDeadline(step, ms, () => new SilentHandshakeError(ms));
}

/**
 * The outcome of a driver's `connect()`, or a {@link SilentHandshakeError} when it is still unsettled `ms` after the
 * socket opened. The time to open the socket is the driver's own connect timeout: name servers may take long, a server
 * that accepted a connection answers soon. Neither driver bounds this part (redis/ioredis#634).
 *
 * @internal
 */
export function whenSettledOrPassed(
  client: Pick<EventEmitter, 'once' | 'off'>,
  connecting: Promise<unknown>,
  ms: number,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let deadline: Deadline | undefined;
    const onOpened = (): void => {
      deadline = startDeadline(ms, () => {
        done();
        reject(new SilentHandshakeError(ms));
      });
    };
    const done = (): void => {
      deadline?.stop();
      client.off('connect', onOpened);
    };
    client.once('connect', onOpened);
    connecting.then(() => resolve(), reject).finally(done);
  });
}
