import type { NodeRedisLikeClient } from '../interfaces/redis-client.interface.js';
import { createPause } from '../utils/pause.js';
import type { CommandSender } from './command-sender.interface.js';

interface SendingClient {
  sendCommand(args: readonly string[], options: object): Promise<unknown>;
}

interface SendingCluster {
  sendCommand(key: string | undefined, isReadonly: boolean, args: readonly string[], options: object): Promise<unknown>;
}

/** RESP3's type byte of a map. As an object, which is the default, it loses a field named `__proto__`. */
const MAP = '%'.charCodeAt(0);
const OPTIONS = { timeout: undefined, typeMapping: { [MAP]: Array } };

/** While the keys of one call are moved from node to node, there is nobody who has them all. */
const MOVING = /^TRYAGAIN |^Cannot find node /;
const MOVING_PAUSE_MS = 25;
const MOVING_TRIES = 40;

/**
 * Sends through node-redis. Without the driver's own timeout: it covers only what was not written yet, costs an
 * `AbortSignal` a command, and the port has a deadline. What a full socket holds back is rejected when it is dropped.
 *
 * @internal
 */
export function nodeRedisSender(client: NodeRedisLikeClient): CommandSender {
  const sending = client as unknown as SendingClient;
  return (args) => sending.sendCommand(args, OPTIONS);
}

/**
 * Sends through node-redis' cluster, always to masters. What the driver gives up while a slot is being moved (several
 * keys of one call, or a new master that holds no slot yet) was not executed, and is tried again for a second.
 *
 * @internal
 */
export function nodeRedisClusterSender(cluster: NodeRedisLikeClient): CommandSender {
  const sending = cluster as unknown as SendingCluster;
  const sendWhileMoving = async (args: readonly string[], key: string | undefined): Promise<unknown> => {
    for (let tries = 1; ; tries += 1) {
      await createPause(MOVING_PAUSE_MS).done;
      try {
        return await sending.sendCommand(key, false, args, OPTIONS);
      } catch (error) {
        if (!isMoving(error) || tries >= MOVING_TRIES) throw error;
      }
    }
  };
  return (args, key) =>
    sending.sendCommand(key, false, args, OPTIONS).catch((error: unknown) => {
      if (!isMoving(error)) throw error;
      return sendWhileMoving(args, key);
    });
}

function isMoving(error: unknown): boolean {
  return error instanceof Error && MOVING.test(error.message);
}
