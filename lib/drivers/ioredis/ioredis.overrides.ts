/** A dropped socket is destroyed after this long, not after the driver's 2 s: a frozen server never says goodbye. */
const DISCONNECT_MS = 50;

/**
 * What must hold for every ioredis client under our loop. With the driver's own reconnecting or queueing beside it,
 * sockets leak and commands run after their callers were told that they failed.
 *
 * @internal
 */
export const IOREDIS_OVERRIDES = {
  lazyConnect: true,
  retryStrategy: (): null => null,
  reconnectOnError: null,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  // We ask ourselves, with a deadline; the driver's check reads 5 KB of INFO and waits for a loading server.
  enableReadyCheck: false,
  // Its replies are thrown away unread, and with them what a server said that has no place left for us.
  disableClientInfo: true,
  maxRetriesPerRequest: null,
  disconnectTimeout: DISCONNECT_MS,
  keyPrefix: '',
} as const;
