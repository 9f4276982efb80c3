import { createHash } from 'node:crypto';
import type { RedisScript } from '../interfaces/redis-commands.interface.js';

/** A {@link RedisScript} with its SHA-1, for `runScript`. Call it once, at module level. @publicApi */
export function defineScript(name: string, lua: string): RedisScript {
  return { name, lua, sha1: createHash('sha1').update(lua).digest('hex') };
}
