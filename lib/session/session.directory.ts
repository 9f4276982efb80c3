import { escapeGlob } from '../commands/escape-glob.js';
import type { RedisCommands } from '../interfaces/redis-commands.interface.js';
import { decodeId } from '../utils/encode-id.js';
import { isForwardId } from './forward-id.js';
import { valuesOf } from './held-sessions.js';
import type { SessionEntry } from './interfaces/session-entry.interface.js';
import { mayFallBack } from './session.error.js';
import type { SessionReader, SessionSources } from './session.reader.js';

/** Sessions that are read at once. */
const PAGE = 100;

/** A session by its id. @internal */
export interface FoundSession {
  readonly id: string;
  readonly entry: SessionEntry;
}

/** Ids from all that can be asked, and whether nothing was out that might know of more. @internal */
export interface KnownIds {
  readonly ids: readonly string[];
  readonly isComplete: boolean;
}

/** Lists sessions: in Redis, and where that is not to be believed alone, in the tiers that can list. @internal */
export class SessionDirectory {
  constructor(
    private readonly sources: SessionSources,
    private readonly reader: SessionReader,
    private readonly commands: Pick<RedisCommands, 'scan'>,
    private readonly keyPrefix: string,
  ) {}

  /** Every live session that is known of, each once. One that is corrupt is passed over. */
  async *all(): AsyncGenerator<FoundSession> {
    const seen = new Set<string>();
    for await (const page of this.pages()) {
      const fresh = [...new Set(page)].filter((id) => !seen.has(id) && !isForwardId(id));
      for (const id of fresh) seen.add(id);
      yield* await this.readAll(fresh);
    }
  }

  /** The live sessions of a user. The index is pruned of what is none. */
  async ofUser(userId: string): Promise<{ found: readonly FoundSession[]; isComplete: boolean }> {
    const { index, userOf, standing } = this.sources;
    const { ids, isComplete } = await this.idsOfUser(userId);
    const found = (await this.readAll(ids)).filter(({ entry }) => userOf(entry.data) === userId);
    const live = new Set(found.map(({ id }) => id));
    const stale = ids.filter((id) => !live.has(id));
    if (isComplete && standing.isWell) await index.remove(userId, stale).catch(() => undefined);
    return { found, isComplete };
  }

  private async idsOfUser(userId: string): Promise<KnownIds> {
    const { standing, trust, fallback, index } = this.sources;
    const { mode } = trust;
    const isOn = standing.isEnabled;
    const inRedis = isOn ? await this.attempt(() => index.ids(userId)) : undefined;
    const tiers = fallback.available(inRedis === undefined || mode !== 'redis');
    const answers = await Promise.allSettled(tiers.map(async (tier) => (await tier.idsOfUser?.(userId)) ?? []));
    const isAnswered = tiers.some((tier, at) => tier.shared && tier.idsOfUser && answers[at]?.status === 'fulfilled');
    const isComplete = inRedis === undefined || mode === 'doubt' ? isAnswered || !isOn : true;
    return { ids: [...new Set([...(inRedis ?? []), ...valuesOf(answers).flat()])], isComplete };
  }

  private async *pages(): AsyncGenerator<readonly string[]> {
    const { standing, trust, fallback } = this.sources;
    let isListed = false;
    if (standing.isEnabled) {
      try {
        yield* this.scan();
        isListed = true;
      } catch (error) {
        if (!mayFallBack(error) || fallback.isEmpty) throw error;
      }
    }
    for (const tier of fallback.available(!isListed || trust.mode !== 'redis')) {
      if (tier.ids !== undefined) yield* tier.ids(PAGE);
    }
  }

  private async *scan(): AsyncGenerator<readonly string[]> {
    for await (const keys of this.commands.scan(`${escapeGlob(this.keyPrefix)}*`, PAGE)) {
      yield keys.flatMap((key) => decodeId(key.slice(this.keyPrefix.length)) ?? []);
    }
  }

  private async readAll(ids: readonly string[]): Promise<FoundSession[]> {
    const found: FoundSession[] = [];
    for (let start = 0; start < ids.length; start += PAGE) {
      const page = ids.slice(start, start + PAGE);
      const entries = await Promise.all(page.map((id) => this.readSound(id)));
      found.push(...page.flatMap((id, at) => (entries[at] === undefined ? [] : [{ id, entry: entries[at] }])));
    }
    return found;
  }

  private async readSound(id: string): Promise<SessionEntry | undefined> {
    try {
      return await this.reader.read(id);
    } catch (error) {
      if (mayFallBack(error)) throw error;
      return undefined;
    }
  }

  private async attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.sources.standing.attempt('read', call);
    } catch (error) {
      if (!mayFallBack(error) || this.sources.fallback.isEmpty) throw error;
      return undefined;
    }
  }
}
