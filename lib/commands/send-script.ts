import type { RedisScript } from '../interfaces/redis-commands.interface.js';
import type { CommandSender } from './command-sender.interface.js';

/**
 * EVALSHA first: the source travels only to a server that does not know it (restarted, or SCRIPT FLUSH).
 *
 * @param rest the number of keys, the keys, the arguments
 * @internal
 */
export function sendScript(sender: CommandSender, script: RedisScript, rest: readonly string[]): Promise<unknown> {
  const key = rest[0] === '0' ? undefined : rest[1];
  return sender(['EVALSHA', script.sha1, ...rest], key).catch((error: unknown) => {
    if (!isUnknownScript(error)) throw error;
    return sender(['EVAL', script.lua, ...rest], key);
  });
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
