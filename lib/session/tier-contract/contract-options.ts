import { RedisError } from '../../errors/redis.error.js';
import { faultsOfOptions, mustBe, mustBeInteger } from '../../utils/option-faults.js';
import type { FaultOf, OptionRules } from '../../utils/option-faults.js';
import type { OptionalTierMember, SessionTierContractOptions } from './tier-contract.interface.js';

/** What a tier may leave out, in one place. @internal */
export const OPTIONAL_MEMBERS: readonly OptionalTierMember[] = ['putIf', 'ids', 'idsOfUser', 'ledger'];

const mustBeFunction = (what: string): FaultOf => mustBe((value) => typeof value === 'function', `a function ${what}`);
const isMembers = (value: unknown): boolean =>
  Array.isArray(value) && value.every((name) => OPTIONAL_MEMBERS.includes(name as OptionalTierMember));

const RULES: OptionRules<SessionTierContractOptions> = {
  create: mustBeFunction('that makes a tier'),
  createPeer: mustBeFunction('that makes another tier on the same store'),
  dispose: mustBeFunction('that removes what create made'),
  requires: mustBe(isMembers, `a list of ${OPTIONAL_MEMBERS.join(', ')}`),
  payloadBytes: mustBeInteger(64),
  lateByMs: mustBeInteger(0, 60_000),
  timeoutMs: mustBeInteger(100, 600_000),
};

/** Throws a RedisError of kind `configuration` that names every fault. @internal */
export function assertTierContractOptions(options: SessionTierContractOptions): void {
  const faults = faultsOfOptions(options, RULES);
  if (faults.length === 0 && options.create === undefined) faults.push('create must be a function that makes a tier');
  if (faults.length === 0) return;
  const message = `sessionTierContract: ${faults.join('; ')}.`;
  throw new RedisError({ kind: 'configuration', operation: 'sessionTierContract', message });
}
