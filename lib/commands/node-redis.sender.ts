import type { NodeRedisLikeClient } from '../interfaces/redis-client.interface.js';
import type { CommandSender } from './command-sender.interface.js';

interface SendingClient {
  sendCommand(args: readonly string[], options: object): Promise<unknown>;
}

/** RESP3's type byte of a map. As an object, which is the default, it loses a field named `__proto__`. */
const MAP = '%'.charCodeAt(0);

/**
 * Sends through node-redis. Its own timeout covers only what it has not written yet: with it, a command that our
 * deadline gave up is not written later.
 *
 * @internal
 */
export function nodeRedisSender(client: NodeRedisLikeClient, commandTimeoutMs: number): CommandSender {
  const sending = client as unknown as SendingClient;
  const options = { timeout: commandTimeoutMs, typeMapping: { [MAP]: Array } };
  return (args) => sending.sendCommand(args, options);
}
