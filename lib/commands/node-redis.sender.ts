import type { NodeRedisLikeClient } from '../interfaces/redis-client.interface.js';
import type { CommandSender } from './command-sender.interface.js';

interface SendingClient {
  sendCommand(args: readonly string[], options: object): Promise<unknown>;
}

/** RESP3's type byte of a map. As an object, which is the default, it loses a field named `__proto__`. */
const MAP = '%'.charCodeAt(0);

/**
 * Sends through node-redis. Without the driver's own timeout: it covers only what was not written yet, costs an
 * `AbortSignal` a command, and the port has a deadline. What a full socket holds back is rejected when it is dropped.
 *
 * @internal
 */
export function nodeRedisSender(client: NodeRedisLikeClient): CommandSender {
  const sending = client as unknown as SendingClient;
  const options = { timeout: undefined, typeMapping: { [MAP]: Array } };
  return (args) => sending.sendCommand(args, options);
}
