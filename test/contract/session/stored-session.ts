import type { RedisTestServer } from '../../support/redis-server.js';

const HEADER_LENGTH = 65;

/** A session as it is stored, from its parts. */
export function storedText(version: string, expiryVersion: string, expiresAt: number | string, data: string): string {
  return `s1${version}${expiryVersion}${String(expiresAt).padStart(15, '0')}${data}`;
}

/** The data that the server holds: empty for a tombstone, undefined where there is no such key. */
export async function storedData(server: RedisTestServer, key: string): Promise<string | undefined> {
  const text = await server.command('GET', key);
  return text === null ? undefined : String(text).slice(HEADER_LENGTH);
}
