import { HEADER_LENGTH } from '../../../lib/session/stored-session.codec.js';
import { hashSessionId } from '../../../lib/session/session-id.util.js';
import type { RedisTestServer } from '../../support/redis-server.js';

/** The session of that id as it is stored, from its parts. */
export function storedText(
  id: string,
  version: string,
  expiryVersion: string,
  expiresAt: number | string,
  data: string,
): string {
  return `s1${version}${expiryVersion}${String(expiresAt).padStart(15, '0')}${hashSessionId(id)}${data}`;
}

/** The data that the server holds: empty for a tombstone, undefined where there is no such key. */
export async function storedData(server: RedisTestServer, key: string): Promise<string | undefined> {
  const text = await server.command('GET', key);
  return text === null ? undefined : String(text).slice(HEADER_LENGTH);
}
