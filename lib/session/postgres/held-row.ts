import { decodeId } from '../../utils/encode-id.js';
import type { HeldSession, SessionEntry } from '../interfaces/session-entry.interface.js';

/** @internal */
export type PostgresRow = Readonly<Record<string, unknown>>;

/** A row as an entry; the data that was sent is not sent back. @internal */
export function heldOf(row: PostgresRow, generation: number, sent?: SessionEntry): HeldSession {
  const version = String(row['version']);
  const stored = row['data'] ?? (sent?.version === version ? sent.data : undefined);
  const user = row['user_id'];
  const entry: SessionEntry = {
    version,
    expiryVersion: String(row['expiry_version']),
    expiresAt: Number(row['expires_at']),
    data: row['dead'] === true || typeof stored !== 'string' ? undefined : stored,
    ...(typeof user === 'string' && { userId: decodeId(user) ?? user }),
  };
  return { entry, dirty: Number(row['confirmed']) < generation };
}
