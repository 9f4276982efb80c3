import type { NodeRedisLikeClient } from '../interfaces/redis-client.interface.js';
import type { CommandSender } from './command-sender.interface.js';

interface SendingClient {
  sendCommand(args: readonly string[], options: { timeout: number }): Promise<unknown>;
}

/**
 * Sends through node-redis. Its own timeout covers only what it has not written yet: with it, a command that our
 * deadline gave up is not written later.
 *
 * @internal
 */
export function nodeRedisSender(client: NodeRedisLikeClient, commandTimeoutMs: number): CommandSender {
  const sending = client as unknown as SendingClient;
  const options = { timeout: commandTimeoutMs };
  return (args) => sending.sendCommand(args, options);
}
