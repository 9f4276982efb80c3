import { ForeignReplyError } from '../commands/foreign-reply.error.js';
import type { RedisScript } from '../interfaces/redis-commands.interface.js';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { nextCallTag } from './call-tag.js';
import { createForeignReplyError, createReplyError } from './context.error.js';

/**
 * Runs the scripts of the context. Rejects with what the port rejects with, and with kind `reply` for a reply that is
 * another call's: a lost or stray one shifts all that follow it on the socket, and each of them would pass for the
 * answer to a call of the same script.
 *
 * @internal
 */
export class ScriptRunner {
  constructor(private readonly connection: Pick<RedisConnectionHandle, 'commands' | 'distrust'>) {}

  /** The reply without its tag, which proves that it is the reply to this very call. */
  async run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<readonly unknown[]> {
    const tag = nextCallTag();
    const reply = await this.connection.commands.runScript(script, keys, [tag, ...args]);
    if (Array.isArray(reply) && reply[0] === tag) return reply.slice(1) as unknown[];
    // What else waits on this socket may be given another's reply too: the sooner it is gone, the less is lost.
    this.connection.distrust?.(new ForeignReplyError(`one that ${script.name} gives`));
    throw createForeignReplyError(script.name);
  }
}

/** The integers of a reply that has so many of them and nothing else. @internal */
export function toIntegers(reply: readonly unknown[], count: number, script: RedisScript): number[] {
  const numbers = reply.map(Number);
  if (numbers.length !== count || !numbers.every(Number.isSafeInteger)) throw createReplyError(script.name);
  return numbers;
}

/** The entries of a reply, or an error where there are none. @internal */
export function toTexts(value: unknown, script: RedisScript): string[] {
  if (!Array.isArray(value)) throw createReplyError(script.name);
  return value.map(String);
}
