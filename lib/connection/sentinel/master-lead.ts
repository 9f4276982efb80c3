import type { DriverClient, RedisDriver } from '../../drivers/driver.interface.js';
import type { RedisError } from '../../errors/redis.error.js';
import type { RedisSettings } from '../../interfaces/redis-settings.interface.js';
import { withDeadline } from '../../utils/deadline.js';
import { endpointText } from '../endpoint-text.js';
import type { RedisRole } from '../verify-connection.js';
import { isSameEndpoint, type SentinelAnswer } from './choose-answer.js';
import { MasterSearch } from './master-search.js';
import { MasterWatch } from './master-watch.js';
import { SentinelErrors } from './sentinel-errors.js';

/** Between two questions to a sentinel, where the watchdog does not ask its server more often. They know within a second. */
const WATCH_MS = 500;

/** How long sockets to sentinels may take to be gone. */
const CLOSE_MS = 200;

/**
 * Leads a connection behind sentinels to the master: before each attempt, and away from it when another is promoted.
 * Its duplicates are led by the same search; the watch over the master is that of their origin.
 *
 * @internal
 */
export class MasterLead {
  private known: SentinelAnswer | undefined;
  private watch: MasterWatch | undefined;

  private constructor(
    private readonly client: DriverClient,
    private readonly search: MasterSearch,
  ) {}

  /** Undefined where there are no sentinels. `onMoved`: the server that was found is the master no longer. */
  static of(
    client: DriverClient,
    driver: RedisDriver,
    settings: RedisSettings,
    onMoved: (reason: RedisError) => void,
  ): MasterLead | undefined {
    const { sentinel, watchdogIntervalMs } = settings;
    if (sentinel === undefined) return undefined;
    const search = new MasterSearch(driver, settings, sentinel, new SentinelErrors(sentinel));
    const lead = new MasterLead(client, search);
    const intervalMs = Math.min(WATCH_MS, watchdogIntervalMs);
    lead.watch = new MasterWatch(search, intervalMs, (from, to) =>
      onMoved(search.errors.moved(from.master, to.master)),
    );
    return lead;
  }

  ofDuplicate(client: DriverClient): MasterLead {
    return new MasterLead(client, this.search);
  }

  /** The present master; the group and its sentinels, until one was named. */
  get endpoint(): string {
    return this.known === undefined ? this.search.errors.endpoint : endpointText({ endpoint: this.known.master });
  }

  get sockets(): { readonly sentinel?: number } {
    return this.watch === undefined ? {} : { sentinel: this.search.sockets };
  }

  async beforeAttempt(): Promise<void> {
    this.known = await this.search.run();
    this.client.aim(this.known.master);
    this.watch?.start(this.known);
  }

  /** @throws RedisError where the server is not the master, or is it no longer */
  onVerified(role: RedisRole): void {
    const { known } = this;
    const { newest, errors } = this.search;
    if (known === undefined || newest === undefined) return;
    if (!isSameEndpoint(known.master, newest.master)) throw errors.moved(known.master, newest.master);
    if (role === 'replica') throw errors.stillReplica(known.master);
  }

  /** Of the one that watches: ends the search, and every socket to a sentinel. */
  async close(): Promise<void> {
    if (this.watch === undefined) return;
    this.watch.stop();
    await withDeadline(this.search.close(), CLOSE_MS, () => new Error('late')).catch(() => undefined);
  }
}
