import type { CommandSender } from '../commands/command-sender.interface.js';
import type { RedisClient, RedisDriverName } from '../interfaces/redis-client.interface.js';
import type { HostEndpoint, RedisSettings } from '../interfaces/redis-settings.interface.js';

/** A driver package, behind one face. @internal */
export interface RedisDriver {
  readonly name: RedisDriverName;
  /** A client that is not connected yet and never connects, reconnects or queues by itself. */
  create(settings: RedisSettings): DriverClient;
}

/**
 * One native client for its whole life, through every reconnect. Opening and dropping are serialised by the one loop
 * of the connection; nothing else may call them.
 *
 * @internal
 */
export interface DriverClient {
  readonly driver: RedisDriverName;
  readonly native: RedisClient;
  /** Whether commands can be written now. */
  readonly isReady: boolean;
  /** Writes commands; see {@link CommandSender}. */
  readonly send: CommandSender;
  /** How many sockets it holds while ready. Left out where it is one. */
  readonly socketCount?: number;
  /** A sender to each server that commands may go to: to one of a standalone server, to each master of a cluster. */
  nodes(): readonly CommandSender[];
  /** Where the next attempt leads to, where that is known only then: the master that the sentinels named. */
  aim(endpoint: HostEndpoint): void;
  /**
   * One attempt: resolves after the handshake, rejects with the reason that the driver or the server gave.
   *
   * @param handshakeTimeoutMs how long the server may be silent once the socket is open
   */
  connect(handshakeTimeoutMs: number): Promise<void>;
  /** Ends the socket now, to connect again; resolves when nothing of it is left, an attempt in flight included. */
  drop(): Promise<void>;
  /** Ends it for good, after what was written got its replies. May wait as long as the server does. */
  quit(): Promise<void>;
  /** Ends it for good, now. */
  end(): Promise<void>;
  /** Called when a ready client is ready no longer, with the reason where the driver gave one. One listener. */
  onLost(listener: (reason: unknown) => void): void;
  /** A further client with the same settings, not connected. */
  duplicate(): DriverClient;
}
