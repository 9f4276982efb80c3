import type { SessionLedger } from '../interfaces/session-ledger.interface.js';
import type { SessionTier } from '../interfaces/session-tier.interface.js';
import { broken, check, checkEqual, checkIds } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import type { TierTrial } from './tier-trial.js';

const KNOWN =
  'a change that Redis lacks is acknowledged when every node knows of the doubt, or believes its own page no more';

/** @internal */
export const LEDGER_CASES: readonly ContractCase[] = (
  [
    {
      name: 'writes down the Redis that was met, for all nodes',
      play: async (trial, ledger, other) => {
        const page = await trial.meet(ledger, trial.serverId);
        checkEqual(page.serverId, trial.serverId, 'meet() gives the page with the server that was met');
        const again = await trial.meet(ledger, trial.serverId);
        checkEqual(again.generation, page.generation, 'meeting the same server again begins no generation');
        const seen = await trial.eventually('other nodes read the page', () => sameGeneration(other, page.generation));
        checkEqual(seen.serverId, page.serverId, 'every node reads the same page');
      },
    },
    {
      name: 'begins one generation for all nodes that meet the same new Redis, in which every entry is dirty',
      play: async (trial, ledger, other) => {
        const { tier, entries } = trial;
        const id = trial.idOf('confirmed');
        await tier.put(id, entries.live(1), false);
        const before = (await trial.meet(ledger, trial.serverId)).generation;
        const next = `${trial.serverId}-next`;
        const pages = await Promise.all([trial.meet(ledger, next), trial.meet(other, next)]);
        const [one, two] = pages.map(({ generation }) => generation);
        check(one === two && one !== before, 'a new server begins one generation, whoever meets it', { before, pages });
        check(
          pages.every(({ inDoubt }) => inDoubt),
          'a new generation begins in doubt',
          pages,
        );
        checkIds(await trial.drained(), [id], 'in a new generation every entry is dirty');
      },
    },
    {
      name: 'has every node know of the doubt before a change that Redis lacks is acknowledged',
      play: async (trial, ledger, other) => {
        const { tier, entries } = trial;
        await settleAll(trial, [ledger, other]);
        const id = trial.idOf('lacking');
        await tier.put(id, entries.live(1), true);
        for (const one of [ledger, other]) check(one.page?.inDoubt === true || !one.isCurrent, KNOWN, stateOf(one));
      },
    },
    {
      name: 'begins no doubt by a change that Redis took',
      play: async (trial, ledger, other) => {
        await settleAll(trial, [ledger, other]);
        await trial.tier.put(trial.idOf('taken'), trial.entries.live(1), false);
        await trial.meet(ledger, trial.serverId);
        check(ledger.page?.inDoubt === false, 'a change that Redis took begins no doubt', stateOf(ledger));
      },
    },
    {
      name: 'lets the doubt last while an entry is dirty, ends it when none is, and tells its listeners',
      play: async (trial, ledger, other) => {
        const { tier, entries } = trial;
        const id = trial.idOf('touched');
        await tier.put(id, entries.live(1), false);
        await settleAll(trial, [ledger, other]);
        const told: boolean[] = [];
        other.onChange(() => void told.push(other.page?.inDoubt === true));
        await tier.touch(id, entries.touch(2), true);
        await other.settle();
        await ledger.settle();
        await trial.meet(ledger, trial.serverId);
        check(ledger.page?.inDoubt === true, 'the doubt lasts while an entry is dirty', stateOf(ledger));
        await trial.eventually('listeners are told of a doubt that another node declares', () => told.includes(true));
        await settleAll(trial, [ledger, other]);
        await trial.eventually('listeners are told of the end of the doubt', () => told.at(-1) === false);
      },
    },
  ] as const satisfies readonly LedgerCase[]
).map(({ name, play }: LedgerCase): ContractCase => ({
  name,
  needs: 'ledger',
  play: async (trial) => {
    const { ledger } = trial.tier;
    if (ledger === undefined) return;
    check(trial.tier.shared, 'only a shared tier keeps a ledger', { shared: trial.tier.shared });
    const peer = await trial.openPeer();
    await play(trial, ledger, ledgerOf(peer));
  },
}));

interface LedgerCase {
  readonly name: string;
  readonly play: (trial: TierTrial, ledger: SessionLedger, other: SessionLedger) => Promise<void>;
}

function ledgerOf({ ledger }: SessionTier): SessionLedger {
  if (ledger === undefined) throw broken('every instance of a tier with a ledger has it', { ledger });
  return ledger;
}

/** Redis takes everything, and the doubt ends: for all, who then believe Redis alone. */
async function settleAll(trial: TierTrial, ledgers: readonly SessionLedger[]): Promise<void> {
  await trial.eventually('the doubt ends for every node when no entry is dirty', async () => {
    await trial.replayAll();
    for (const ledger of ledgers) await ledger.settle();
    return ledgers.every(({ page, isCurrent }) => page?.inDoubt === false && isCurrent);
  });
}

function sameGeneration({ page }: SessionLedger, generation: number) {
  return page?.generation === generation ? page : undefined;
}

function stateOf({ page, isCurrent }: SessionLedger): unknown {
  return { page, isCurrent };
}
