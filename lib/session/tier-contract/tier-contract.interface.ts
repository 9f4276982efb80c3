import type { SessionTier } from '../interfaces/session-tier.interface.js';

/**
 * What a tier may leave out.
 *
 * @publicApi
 */
export type OptionalTierMember = 'putIf' | 'ids' | 'idsOfUser' | 'ledger';

/**
 * What a case is about, to name a group of cases or to leave one out.
 *
 * @publicApi
 */
export type SessionTierRule =
  'join' | 'touch' | 'expiry' | 'dirty' | 'drain' | 'id' | 'payload' | 'putIf' | 'list' | 'shared' | 'ledger' | 'life';

/**
 * How the suite gets at a tier, and what it may ask of it.
 *
 * @publicApi
 */
export interface SessionTierContractOptions {
  /**
   * A new tier, not opened yet; called for each case. Its store may hold what earlier cases left: every case has ids of its
   * own.
   */
  readonly create: () => SessionTier | Promise<SessionTier>;
  /**
   * Another instance on the store of this tier, as another node has it, not opened yet. Needed where the tier says that it
   * is shared; called after that tier was closed too.
   */
  readonly createPeer?: (tier: SessionTier) => SessionTier | Promise<SessionTier>;
  /** After each case, when its tiers were closed: removes what `create` made. */
  readonly dispose?: (tier: SessionTier) => unknown;
  /** Members that the tier is meant to have. Without it the cases of one that it lacks pass unseen. @default [] */
  readonly requires?: readonly OptionalTierMember[];
  /** The largest session that the tier has to take, as bytes of its text; `maxPayloadBytes` of the module. @default 1048576 */
  readonly payloadBytes?: number;
  /**
   * How late an entry may end, in milliseconds, where the store counts its time from the arrival of a write. Early it never
   * may.
   *
   * @default 0
   */
  readonly lateByMs?: number;
  /** The time of one case, in milliseconds, after which it fails. @default 30000 */
  readonly timeoutMs?: number;
}

/**
 * One rule of the contract, to be run by any test runner.
 *
 * @publicApi
 */
export interface SessionTierCase {
  /** What it is about. */
  readonly rule: SessionTierRule;
  /** What the tier has to do; unlike that of every other case. */
  readonly name: string;
  /** Settles when the tier did it; rejects with an `AssertionError` that says which rule is broken and what was seen. */
  readonly run: () => Promise<void>;
}

/** The options with their defaults. @internal */
export type TierContractSettings = Required<Omit<SessionTierContractOptions, 'createPeer'>>
  & Pick<SessionTierContractOptions, 'createPeer'>;
