import type { SessionTier } from '../interfaces/session-tier.interface.js';
import { check, checkDead, checkEqual, checkIds, checkLive, checkNothing } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import { upTo } from './contract-entries.js';
import type { TierTrial } from './tier-trial.js';

const SEEN = 'what one instance of a shared tier has settled, every other sees at once';

/** @internal */
export const SHARED_CASES: readonly ContractCase[] = (
  [
    {
      name: 'shows a save, a touch and a logout of one node to the other at once',
      play: async (trial, peer) => {
        const { tier, entries } = trial;
        const id = trial.idOf('seen');
        await tier.put(id, entries.live(1), false);
        checkLive(await peer.get(id), entries.live(1), SEEN);
        await peer.put(id, entries.live(2), false);
        checkLive(await tier.get(id), entries.live(2), SEEN);
        await tier.touch(id, entries.touch(3, entries.inHours(2)), false);
        checkEqual((await peer.get(id))?.entry.expiresAt, entries.inHours(2), SEEN);
        await peer.put(id, entries.dead(4), false);
        checkDead(await tier.get(id), SEEN);
        checkDead(await tier.put(id, entries.live(5), false), 'a logout on one node wins over a save on another');
      },
    },
    {
      name: 'keeps the newest of what two nodes save at the same time, and every logout',
      play: async (trial, peer) => {
        const { tier, entries } = trial;
        const ids = upTo(10).map((n) => trial.idOf(`race-${n}`));
        await Promise.all(
          ids.flatMap((id, at) => [
            tier.put(id, entries.live(1), false),
            peer.put(id, entries.live(3), false),
            tier.put(id, entries.live(2), false),
            ...(at < 5 ? [peer.put(id, entries.dead(2), false)] : []),
          ]),
        );
        for (const [at, id] of ids.entries()) {
          for (const held of [await tier.get(id), await peer.get(id)]) {
            if (at < 5) checkDead(held, 'a logout wins, on whatever node');
            else checkLive(held, entries.live(3), 'the newest save wins, on whatever node');
          }
        }
      },
    },
    {
      name: 'has each node drain and confirm what the other marked',
      play: async (trial, peer) => {
        const { tier, entries } = trial;
        const ids = upTo(3).map((n) => trial.idOf(`s${n}`));
        for (const id of ids) await tier.put(id, entries.live(1), true);
        checkEqual((await peer.get(ids[0] ?? ''))?.dirty, true, 'a dirty mark is that of all nodes');
        await drainsInTime(trial, peer, ids);
        await Promise.all(ids.map((id) => peer.confirm(id, entries.live(1))));
        checkIds(await trial.drained(tier), [], 'what one node confirmed no other drains');
        checkEqual((await tier.get(ids[0] ?? ''))?.dirty, false, 'a mark that one node cleared is cleared for all');
      },
    },
    {
      name: 'keeps the mark of a change that one node makes while another confirms an older one',
      play: async (trial, peer) => {
        const { tier, entries } = trial;
        const ids = upTo(10).map((n) => trial.idOf(`race-${n}`));
        await Promise.all(ids.map((id) => tier.put(id, entries.live(1), true)));
        await Promise.all(
          ids.flatMap((id) => [tier.put(id, entries.live(2), true), peer.confirm(id, entries.live(1))]),
        );
        await drainsInTime(trial, peer, ids);
      },
    },
    {
      name: 'lets one of two nodes that expect the same version succeed',
      play: async (trial, peer) => {
        const { tier, entries } = trial;
        if (tier.putIf === undefined || peer.putIf === undefined) return;
        for (const id of upTo(5).map((n) => trial.idOf(`race-${n}`))) {
          await tier.put(id, entries.live(1), false);
          const expected = entries.versionOf(1);
          const answers = await Promise.all([
            tier.putIf(id, entries.live(2), expected, false),
            peer.putIf(id, entries.live(3), expected, false),
          ]);
          const winners = answers.filter((held) => held !== undefined);
          check(winners.length === 1, 'of two nodes that expect the same version one succeeds', answers);
        }
      },
    },
    {
      name: 'forgets on every node what one forgot',
      play: async (trial, peer) => {
        const id = trial.idOf('forgotten');
        await trial.tier.put(id, trial.entries.live(1), false);
        const held = await peer.get(id);
        if (held !== undefined) await peer.forget(id, held.entry);
        checkNothing(await trial.tier.get(id), SEEN);
      },
    },
    {
      name: 'keeps for the next node what the last one left',
      play: async (trial, peer) => {
        const { tier, entries } = trial;
        const [clean, dirty] = [trial.idOf('clean'), trial.idOf('dirty')];
        await tier.put(clean, entries.live(1), false);
        await tier.put(dirty, entries.dead(2), true);
        await trial.close(tier);
        await trial.close(peer);
        const next = await trial.openPeer();
        const rule = 'an instance that is opened when all others were closed finds what they left';
        checkLive(await next.get(clean), entries.live(1), rule);
        checkDead(await next.get(dirty), rule);
        await drainsInTime(trial, next, [dirty]);
      },
    },
  ] as const satisfies readonly SharedCase[]
).map(({ name, play }: SharedCase): ContractCase => ({
  name,
  needs: 'shared',
  play: async (trial) => play(trial, await trial.openPeer()),
}));

interface SharedCase {
  readonly name: string;
  readonly play: (trial: TierTrial, peer: SessionTier) => Promise<void>;
}

/** One node may drain for all at a time, and may have begun. */
async function drainsInTime(trial: TierTrial, tier: SessionTier, ids: readonly string[]): Promise<void> {
  const drained = await trial.eventually('every dirty entry can be drained by another node', async () => {
    const found = await trial.drained(tier);
    return found.length >= ids.length && found;
  });
  checkIds(drained as string[], ids, 'another node drains every dirty entry once, and nothing else');
}
