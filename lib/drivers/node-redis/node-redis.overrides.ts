/**
 * What must hold for every node-redis client under our loop: nothing reconnects or queues beside it.
 *
 * @internal
 */
export const NODE_REDIS_OVERRIDES = {
  disableOfflineQueue: true,
  // Its replies are thrown away unread, and with them what a server said that has no place left for us.
  disableClientInfo: true,
} as const;

/** The same, of its socket. @internal */
export const NODE_REDIS_SOCKET_OVERRIDES = { reconnectStrategy: false } as const;
