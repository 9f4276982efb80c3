/** Token of the connection that a SessionModule was told to use. @internal */
export const SESSION_CONNECTION = 'REDIS:SESSION:CONNECTION';

/** Token of the validated options. @internal */
export const SESSION_SETTINGS = 'REDIS:SESSION:SETTINGS';

/** Defaults of `SessionModuleOptions`, in one place. @internal */
export const SESSION_DEFAULTS = {
  ttlMs: 24 * 3_600_000,
  keyPrefix: 'dialog:session:',
  maxPayloadBytes: 1_048_576,
  maxSessions: 10_000,
  touchAfterMs: 60_000,
} as const;

/** Calls of `SessionStore` by its methods, as traces name them; `get` is made of another. @internal */
export const SESSION_OPERATIONS = {
  getWithExpiry: 'get',
  set: 'set',
  destroy: 'destroy',
  touch: 'touch',
  update: 'update',
  rotate: 'rotate',
  findByUser: 'findByUser',
  destroyByUser: 'destroyByUser',
  all: 'all',
  length: 'length',
  clear: 'clear',
} as const;

/** What is refused beyond the options: bounds that keep a mistake or an attack small. @internal */
export const SESSION_LIMITS = {
  idLength: 1_024,
  /** A hundred years: past it the arithmetic of expiry is a mistake, not a wish. */
  ttlMs: 100 * 365 * 24 * 3_600_000,
} as const;
