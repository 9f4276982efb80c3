import type { DirtySession, HeldSession, SessionEntry } from '../interfaces/session-entry.interface.js';
import { idOfRow } from './row-id.js';

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
    ...(typeof user === 'string' && { userId: idOfRow(user) ?? user }),
  };
  return { entry, dirty: Number(row['confirmed']) < generation };
}

/** A row that Redis has not confirmed; none where its id was not made by this package. @internal */
export function dirtyOf(row: PostgresRow): DirtySession[] {
  const id = idOfRow(String(row['id']));
  return id === undefined ? [] : [{ id, entry: heldOf(row, 0).entry }];
}
