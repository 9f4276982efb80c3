import { encodeId } from '../utils/encode-id.js';

/** A chat, and the two keys that hold it, in one slot of a cluster. @internal */
export interface ChatKeys {
  readonly chatId: string;
  readonly tenant: string | undefined;
  /** List of envelopes, newest first. */
  readonly messages: string;
  /** Hash: what the scripts need to know of the list. */
  readonly meta: string;
}

/** The keys of a chat in the context of that name; no name means the one without. @internal */
export function chatKeysOf(tenant: string | undefined, chatId: string, context?: string): ChatKeys {
  const chat = `${placeOf('dialog:chat', context)}{${tenantPart(tenant)}:${encodeId(chatId)}}`;
  return { chatId, tenant, messages: `${chat}:m`, meta: `${chat}:s` };
}

/** The key that lists a tenant's chats; `user` is encoded already, or empty for all of them: ids are never empty. @internal */
export function listKeyOf(tenant: string | undefined, user: string, context?: string): string {
  return `${placeOf('dialog:chats', context)}{${tenantPart(tenant)}:${user}}`;
}

/** What is encoded begins with no brace and is never empty, so that no name leads to the keys without one. */
function placeOf(prefix: string, context: string | undefined): string {
  return context === undefined ? `${prefix}:` : `${prefix}:${encodeId(context)}:`;
}

/** No tenant is an empty one in the key: ids are never empty, so it is no tenant's. */
function tenantPart(tenant: string | undefined): string {
  return tenant === undefined ? '' : encodeId(tenant);
}
