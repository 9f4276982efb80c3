import type { SessionSettings } from './interfaces/session-options.interface.js';
import type { IdentifiedSession } from './interfaces/session.interface.js';
import { decodeSession, encodeSession } from './session.codec.js';
import type { FoundSession } from './session.rotation.js';
import type { SessionChange } from './session.writer.js';
import { userOfData } from './user-of.js';

/** Between sessions as the application has them and entries as the tiers have them. @internal */
export class SessionForm {
  constructor(private readonly settings: SessionSettings) {}

  changeOf(id: string, data: object, ttlMs: number): SessionChange {
    const { maxPayloadBytes, serializer } = this.settings;
    const text = encodeSession(id, data, maxPayloadBytes, serializer);
    return { data: text, userId: userOfData(data, this.settings), ttlMs };
  }

  decode<T extends object>(id: string, text: string): T {
    return decodeSession(id, text, this.settings.serializer) as T;
  }

  /** One for a list; none where it is corrupt, which does not hide the others. */
  identified<T extends object>({ id, entry }: FoundSession): IdentifiedSession<T>[] {
    try {
      return [{ id, data: this.decode<T>(id, entry.data ?? ''), expiresAt: entry.expiresAt }];
    } catch {
      return [];
    }
  }
}
