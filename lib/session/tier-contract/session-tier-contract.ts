import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';
import { withDeadline } from '../../utils/deadline.js';
import { broken } from './contract-assertions.js';
import { concerns } from './contract-case.js';
import type { ContractCase, ContractChapters } from './contract-case.js';
import { assertTierContractOptions } from './contract-options.js';
import { DIRTY_CASES } from './dirty.cases.js';
import { DRAIN_CASES } from './drain.cases.js';
import { EXPIRY_CASES } from './expiry.cases.js';
import { ID_CASES } from './id.cases.js';
import { JOIN_CASES } from './join.cases.js';
import { LEDGER_CASES } from './ledger.cases.js';
import { LIFE_CASES } from './life.cases.js';
import { LIST_CASES } from './list.cases.js';
import { PAYLOAD_CASES } from './payload.cases.js';
import { PUT_IF_CASES } from './put-if.cases.js';
import { SHARED_CASES } from './shared.cases.js';
import type {
  SessionTierCase,
  SessionTierContractOptions,
  SessionTierRule,
  TierContractSettings,
} from './tier-contract.interface.js';
import { TOUCH_CASES } from './touch.cases.js';
import { TierTrial } from './tier-trial.js';

const CHAPTERS: ContractChapters = {
  life: LIFE_CASES,
  join: JOIN_CASES,
  touch: TOUCH_CASES,
  expiry: EXPIRY_CASES,
  dirty: DIRTY_CASES,
  drain: DRAIN_CASES,
  id: ID_CASES,
  payload: PAYLOAD_CASES,
  putIf: PUT_IF_CASES,
  list: LIST_CASES,
  shared: SHARED_CASES,
  ledger: LEDGER_CASES,
};

/**
 * The contract of session tiers, a case a rule, for any test runner: run them in any order, or at the same time. What the
 * tier does not have, such as `putIf`, its cases pass over.
 *
 * @example
 * for (const { rule, name, run } of sessionTierContract({ create: () => new MyTier() })) test(`${rule}: ${name}`, run);
 *
 * @throws RedisError of kind `configuration` that names every fault of the options
 *
 * @publicApi
 */
export function sessionTierContract(options: SessionTierContractOptions): readonly SessionTierCase[] {
  assertTierContractOptions(options);
  const settings = settingsOf(options);
  return Object.entries(CHAPTERS).flatMap(([rule, cases]) =>
    cases.map((one) => ({ rule: rule as SessionTierRule, name: one.name, run: () => runCase(one, settings) })),
  );
}

function settingsOf(options: SessionTierContractOptions): TierContractSettings {
  return {
    create: options.create,
    createPeer: options.createPeer,
    dispose: options.dispose ?? (() => undefined),
    requires: options.requires ?? [],
    payloadBytes: options.payloadBytes ?? 1_048_576,
    lateByMs: options.lateByMs ?? 0,
    timeoutMs: options.timeoutMs ?? 30_000,
  };
}

async function runCase(one: ContractCase, settings: TierContractSettings): Promise<void> {
  const late = (): Error => broken(`the case "${one.name}" is over within ${settings.timeoutMs} ms`, 'no answer');
  try {
    await withDeadline(play(one, settings), settings.timeoutMs, late);
  } catch (error) {
    throw error instanceof AssertionError ? error : rejected(error);
  }
}

async function play(one: ContractCase, settings: TierContractSettings): Promise<void> {
  const trial = await TierTrial.begin(settings);
  try {
    await trial.open();
    if (concerns(one, trial.tier)) await one.play(trial);
  } catch (error) {
    // What was broken first is what is told.
    await trial.end().catch(() => undefined);
    throw error;
  }
  await trial.end();
}

/** While its store is well a tier rejects nothing. */
function rejected(error: unknown): AssertionError {
  const failure = broken('a tier that is available answers', inspect(error, { depth: 2 }));
  failure.cause = error;
  return failure;
}
