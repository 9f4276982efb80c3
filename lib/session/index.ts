export { SessionModule } from './session.module.js';
export { SessionStore } from './session.store.js';
export { memoryTier } from './memory-tier.factory.js';
export { covers, isTombstone, joinEntries } from './join-entries.js';
export type { MemorySessionTier, MemoryTierOptions } from './memory-tier.factory.js';
export type { MemoryTierStats } from './memory.tier.js';
export type {
  SessionModuleAsyncOptions,
  SessionModuleExtras,
  SessionModuleRootOptions,
} from './session.module-definition.js';
export type {
  SessionModuleOptions,
  SessionOptionsFactory,
  SessionSerializer,
} from './interfaces/session-options.interface.js';
export type {
  SessionDirtyEvent,
  SessionFallbackEvent,
  SessionReplayEvent,
  SessionTrustEvent,
} from './session-events.js';
export type { LedgerPage, SessionLedger } from './interfaces/session-ledger.interface.js';
export type { SessionTier } from './interfaces/session-tier.interface.js';
export type { DirtySession, HeldSession, SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
export type {
  IdentifiedSession,
  SessionData,
  SessionRotateOptions,
  SessionStatus,
  SessionTtlOptions,
  StoredSession,
} from './interfaces/session.interface.js';
