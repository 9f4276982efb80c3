import type { DriverClient, RedisDriver } from '../../drivers/driver.interface.js';
import type { HostEndpoint, RedisSentinelSettings, RedisSettings } from '../../interfaces/redis-settings.interface.js';
import { chooseAnswer, isSameEndpoint, type SentinelAnswer } from './choose-answer.js';
import { firstAnswers } from './first-answers.js';
import { sentinelClientSettings } from './sentinel-client-settings.js';
import type { SentinelErrors } from './sentinel-errors.js';
import { SentinelLink } from './sentinel-link.js';

/** How much longer than the first sentinel the others may take. */
const GRACE_MS = 200;

/**
 * Asks the sentinels who the master is: all of them at once, each with a deadline. The socket to the one that was
 * believed is kept for the next question; there is never more than that one between two searches.
 *
 * @internal
 */
export class MasterSearch {
  /** What was found last. */
  newest: SentinelAnswer | undefined;
  /** Never connected: the clients are its duplicates, which cost less. */
  private readonly template: DriverClient;
  private running: Promise<SentinelAnswer> | undefined;
  private kept: SentinelLink | undefined;
  private readonly links = new Set<SentinelLink>();
  private isClosed = false;

  constructor(
    driver: RedisDriver,
    settings: RedisSettings,
    private readonly sentinel: RedisSentinelSettings,
    readonly errors: SentinelErrors,
  ) {
    this.template = driver.create(sentinelClientSettings(settings, sentinel));
  }

  /** Sockets to sentinels that are kept. */
  get sockets(): number {
    return this.kept?.isOpen === true ? 1 : 0;
  }

  /** Who is asked meanwhile waits for the same answer. */
  run(): Promise<SentinelAnswer> {
    if (this.isClosed) return Promise.reject(this.errors.closed());
    return (this.running ??= this.search().finally(() => (this.running = undefined)));
  }

  /** Asks the sentinel that was kept; all of them where it says anything new, or nothing. */
  async confirm(known: SentinelAnswer): Promise<SentinelAnswer> {
    const answer = await this.kept?.ask().catch(() => undefined);
    const isOld = answer !== undefined && isSameEndpoint(answer.master, known.master) && answer.epoch >= known.epoch;
    return isOld ? answer : this.run();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.kept = undefined;
    await Promise.all([...this.links].map((link) => this.end(link)));
  }

  private async search(): Promise<SentinelAnswer> {
    const { kept } = this;
    this.kept = undefined;
    if (kept !== undefined) await this.end(kept);
    const links = this.sentinel.nodes.map((node) => this.open(node));
    const asked = links.map(async (link) => ({ link, ...(await link.ask()) }));
    const { given, reasons } = await firstAnswers(asked, GRACE_MS);
    const best = this.isClosed ? undefined : chooseAnswer(given);
    for (const link of links) if (link !== best?.link) void this.end(link);
    if (this.isClosed) throw this.errors.closed();
    if (best === undefined) {
      throw this.errors.noMaster(this.sentinel.nodes.map((node, at) => ({ node, reason: reasons.get(at) })));
    }
    const { link, master, epoch } = best;
    this.kept = link;
    return (this.newest = { master, epoch });
  }

  private open(node: HostEndpoint): SentinelLink {
    const client = this.template.duplicate();
    client.aim(node);
    const link = new SentinelLink(client, this.sentinel.name);
    this.links.add(link);
    return link;
  }

  private async end(link: SentinelLink): Promise<void> {
    await link.end();
    this.links.delete(link);
  }
}
