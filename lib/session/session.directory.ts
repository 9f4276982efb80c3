import { escapeGlob } from '../commands/escape-glob.js';
import type { RedisCommands } from '../interfaces/redis-commands.interface.js';
import { decodeId } from '../utils/encode-id.js';
import { isForwardId } from './forward-id.js';
import { valuesOf } from './held-sessions.js';
import { mayFallBack } from './session.error.js';
import type { SessionReader, SessionSources } from './session.reader.js';
import type { FoundSession, SessionRotation } from './session.rotation.js';

/** Sessions that are read at once. */
const PAGE = 100;

/** Ids from all that can be asked, and whether nothing was out that might know of more. @internal */
export interface KnownIds {
  readonly ids: readonly string[];
  readonly isComplete: boolean;
}

/** @internal */
export interface SessionsOfUser {
  readonly ids: readonly string[];
  readonly found: readonly FoundSession[];
  readonly isComplete: boolean;
}

type FindSession = (id: string) => Promise<FoundSession | undefined>;

/** Lists sessions: in Redis, and where that is not to be believed alone, in the tiers that can list. @internal */
export class SessionDirectory {
  constructor(
    private readonly sources: SessionSources,
    private readonly finders: { readonly reader: SessionReader; readonly rotation: Pick<SessionRotation, 'find'> },
    private readonly commands: Pick<RedisCommands, 'scan'>,
    private readonly keyPrefix: string,
  ) {}

  /** Every live session that is known of, each once. One that is corrupt is passed over. */
  async *all(): AsyncGenerator<FoundSession> {
    const seen = new Set<string>();
    for await (const page of this.pages()) {
      const fresh = [...new Set(page)].filter((id) => !seen.has(id) && !isForwardId(id));
      for (const id of fresh) seen.add(id);
      yield* await this.readAll(fresh, (id) => this.read(id));
    }
  }

  /**
   * The live sessions of a user, and the ids that were looked at: of all that are listed but those. The index is pruned of
   * what is none. One that was rotated since it was listed is found under its new id.
   */
  async ofUser(userId: string, except?: ReadonlySet<string>): Promise<SessionsOfUser> {
    const { index, userOf, standing } = this.sources;
    const { ids: listed, isComplete } = await this.idsOfUser(userId);
    const ids = listed.filter((id) => !except?.has(id));
    const all = (await this.readAll(ids, (id) => this.finders.rotation.find(id))).filter(
      ({ entry }) => userOf(entry.data) === userId,
    );
    const found = new Map(all.map((session) => [session.id, session]));
    const stale = ids.filter((id) => !found.has(id));
    if (isComplete && standing.isWell) await index.remove(userId, stale).catch(() => undefined);
    return { ids, found: [...found.values()], isComplete };
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

  private async readAll(ids: readonly string[], find: FindSession): Promise<FoundSession[]> {
    const found: FoundSession[] = [];
    for (let start = 0; start < ids.length; start += PAGE) {
      const page = await Promise.all(ids.slice(start, start + PAGE).map((id) => soundOf(find(id))));
      found.push(...page.flatMap((session) => session ?? []));
    }
    return found;
  }

  private async read(id: string): Promise<FoundSession | undefined> {
    const entry = await this.finders.reader.read(id);
    return entry && { id, entry };
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

async function soundOf(finding: Promise<FoundSession | undefined>): Promise<FoundSession | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (mayFallBack(error)) throw error;
    return undefined;
  }
}
