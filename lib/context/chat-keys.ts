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

/** No tenant is an empty one in the key: ids are never empty, so it is no tenant's. @internal */
export function chatKeysOf(tenant: string | undefined, chatId: string): ChatKeys {
  const tag = `{${tenant === undefined ? '' : encodeId(tenant)}:${encodeId(chatId)}}`;
  return { chatId, tenant, messages: `dialog:chat:${tag}:m`, meta: `dialog:chat:${tag}:s` };
}
