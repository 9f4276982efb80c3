import { isRedisError } from '../errors/redis.error.js';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { withDeadline } from '../utils/deadline.js';
import { figuresOf, SECTIONS } from './server-figures.js';
import type { ServerFigures, ServerInfo } from './server-figures.js';

/** What a server said at a scrape. @internal */
export interface ServerReading extends ServerFigures {
  /** Whether it answered. */
  readonly isUp: boolean;
}

const late = (): Error => new Error('The server did not answer the scrape in time');

/**
 * Asks over the connection that is there, and opens none. Settles within the deadline and never rejects; what the user
 * may not ask is missing. PING comes first, so that a server that does not answer is asked one question and not five.
 *
 * @internal
 */
export async function readServer(connection: RedisConnectionHandle, timeoutMs: number): Promise<ServerReading> {
  if (connection.state !== 'connected') return { isUp: false };
  const startedAt = performance.now();
  const isUp = await answersPing(connection, timeoutMs);
  if (!isUp) return { isUp };
  const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
  return { isUp, ...figuresOf(await infoOf(connection, leftMs)) };
}

async function answersPing({ commands }: RedisConnectionHandle, timeoutMs: number): Promise<boolean> {
  try {
    await withDeadline(commands.ping(), timeoutMs, late);
    return true;
  } catch (error) {
    // A server that forbids the question is there.
    return isRedisError(error, 'permission');
  }
}

async function infoOf({ commands }: RedisConnectionHandle, timeoutMs: number): Promise<ServerInfo> {
  const ask = async (section: string): Promise<readonly string[]> => {
    try {
      return await withDeadline(commands.infoOfEach(section), timeoutMs, late);
    } catch {
      return [];
    }
  };
  const [memory, stats, clients, replication] = await Promise.all([
    ask(SECTIONS[0]),
    ask(SECTIONS[1]),
    ask(SECTIONS[2]),
    ask(SECTIONS[3]),
  ]);
  return { memory, stats, clients, replication };
}
