import type { CommandSender } from '../commands/command-sender.interface.js';
import { proven } from '../commands/proven.js';
import type { RedisConnection } from '../connection/redis.connection.js';

/**
 * What BullMQ's adapter was answered, shown to be its own: handed the reply to another script, a worker would run a job
 * with the data of another, or one that there never was.
 *
 * @internal
 */
export async function ownReply(
  { guard }: RedisConnection,
  call: () => Promise<unknown>,
  sender: CommandSender | undefined = guard.nodes()[0],
): Promise<unknown> {
  return sender === undefined ? call() : proven(guard, sender, call);
}
