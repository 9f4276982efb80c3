import { createHash } from 'node:crypto';
import { encodeId } from '../utils/encode-id.js';
import type { ContextMessage } from './context-message.interface.js';

/** Characters of a digest: 72 bits, so that ids of any length cost the same few bytes a message. */
const DIGEST_LENGTH = 12;

/** What tells a message that was stored before; empty where nothing does. @internal */
export function digestOf(message: ContextMessage, index: number, turnId: string | undefined): string {
  if (message.id !== undefined) return digest(`m:${encodeId(message.id)}`);
  if (turnId !== undefined) return digest(`t:${index}:${encodeId(turnId)}`);
  return '';
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_LENGTH);
}
