import type { CommandSender } from './command-sender.interface.js';

/** What stands between a caller and the socket: state, breaker, deadline, errors, events. @internal */
export interface CommandGuard {
  /** Whether keys are spread over several servers by their slots. */
  readonly isCluster: boolean;
  /** A sender to each server that holds keys; only to be used inside {@link run}. Never empty. */
  nodes(): readonly CommandSender[];
  /**
   * Runs one operation: refused at once where it may not be sent, else settled within the deadline, rejecting with a
   * `RedisError` only.
   *
   * @param send writes with the sender it is given; called once, and only while commands may be sent
   * @param toResult what the caller gets of the reply
   */
  run<T>(
    operation: string,
    send: (sender: CommandSender) => Promise<unknown>,
    toResult: (reply: unknown) => T,
  ): Promise<T>;
}
