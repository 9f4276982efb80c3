/** Injection token of the options, as the app gave them. @internal */
export const CONTEXT_OPTIONS = 'REDIS:CONTEXT:OPTIONS';

/** Injection token of the validated settings. @internal */
export const CONTEXT_SETTINGS = 'REDIS:CONTEXT:SETTINGS';

/** Injection token of what is static of the context, local to each ContextModule. @internal */
export const CONTEXT_PLACE = 'REDIS:CONTEXT:PLACE';

/** Injection token of the connection that the context lives on, local to each ContextModule. @internal */
export const CONTEXT_CONNECTION = 'REDIS:CONTEXT:CONNECTION';

/** Injection token of the function that counts tokens. @internal */
export const CONTEXT_TOKENS = 'REDIS:CONTEXT:TOKENS';

/** Injection token of what the cache and its module share. @internal */
export const CONTEXT_ENGINE = 'REDIS:CONTEXT:ENGINE';

/** Calls of a context by the methods of its engine, as traces name them. @internal */
export const CONTEXT_OPERATIONS = {
  append: 'append',
  read: 'read',
  page: 'page',
  compact: 'compact',
  pin: 'pinSystem',
  touch: 'touch',
  clear: 'clear',
  delete: 'delete',
  chats: 'chats',
} as const;

/** Longest chat, tenant, turn or message id, in UTF-16 units: a key is bounded. @internal */
export const MAX_ID_LENGTH = 512;

/** Defaults of `ContextModuleOptions`, in one place. @internal */
export const CONTEXT_DEFAULTS = {
  maxMessages: 100,
  countTokens: 'auto',
  ttlMs: 24 * 3_600_000,
  idWindow: 256,
  required: true,
  loaderTimeoutMs: 5_000,
  loadLeaseMs: 1_000,
  onLoaderError: 'throw',
  onUnavailable: 'miss',
} as const;
