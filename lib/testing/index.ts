export { sessionTierContract } from '../session/tier-contract/session-tier-contract.js';
export type {
  OptionalTierMember,
  SessionTierCase,
  SessionTierContractOptions,
  SessionTierRule,
} from '../session/tier-contract/tier-contract.interface.js';
