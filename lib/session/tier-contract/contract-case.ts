import type { SessionTier } from '../interfaces/session-tier.interface.js';
import type { OptionalTierMember, SessionTierRule } from './tier-contract.interface.js';
import type { TierTrial } from './tier-trial.js';

/** A case before it is bound to a tier. @internal */
export interface ContractCase {
  readonly name: string;
  /** Of a tier that has this. */
  readonly needs?: OptionalTierMember | 'shared';
  readonly play: (trial: TierTrial) => Promise<void>;
}

/** @internal */
export type ContractChapters = Readonly<Record<SessionTierRule, readonly ContractCase[]>>;

/** Whether a case says anything about this tier. @internal */
export function concerns({ needs }: ContractCase, tier: SessionTier): boolean {
  return needs === undefined || (needs === 'shared' ? tier.shared : tier[needs] !== undefined);
}
