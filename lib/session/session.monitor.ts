import { Logger } from '@nestjs/common';
import { BehaviorSubject } from 'rxjs';
import type { Observable } from 'rxjs';
import { isRedisError } from '../errors/redis.error.js';
import type { RedisError } from '../errors/redis.error.js';
import { scrubError } from '../errors/scrub-error.js';
import { LineLogger } from '../utils/line-logger.js';
import { degradedText, isExplained } from './degraded-text.js';
import type { DegradedFacts } from './degraded-text.js';
import type { FallbackTiers } from './fallback-tiers.js';
import type { SessionStatus } from './interfaces/session.interface.js';
import type { RedisStanding } from './redis.standing.js';
import type { RedisTrust } from './redis.trust.js';
import type { SessionEvents } from './session-events.js';
import { mayFallBack } from './session.error.js';
import { StatusLog } from './status-log.js';

const EXPLAINED_WITHIN_MS = 2_000;
const KEPT = 'Redis lacks session changes, which a shared tier keeps until a node that runs has brought them there.';

/** Tells how sessions are served, and says so once when it changes. @internal */
export class SessionMonitor {
  private readonly logger = new LineLogger(new Logger('SessionStore'));
  private readonly statusLog = new StatusLog(this.logger);
  private readonly subject: BehaviorSubject<SessionStatus>;
  private lastOutage: RedisError | undefined;
  private lastFailure: string | undefined;
  /** Whether the log says why sessions are degraded. */
  private hasExplained = false;
  private later: NodeJS.Timeout | undefined;
  private hasEnded = false;

  constructor(
    private readonly standing: RedisStanding,
    private readonly fallback: FallbackTiers,
    private readonly trust: RedisTrust,
    private readonly events: SessionEvents,
  ) {
    this.subject = new BehaviorSubject(this.status);
  }

  get status(): SessionStatus {
    const dirty = this.fallback.dirtyCount;
    const trusted = this.standing.isAnswering && this.standing.isVerified && this.trust.mode !== 'doubt' && dirty === 0;
    const isWell = this.standing.isWell && this.fallback.lastError === undefined;
    const isInStep = isWell && this.trust.mode === 'redis' && dirty === 0;
    return { tier: this.tier, degraded: this.standing.isEnabled && !isInStep, dirty, trusted };
  }

  get status$(): Observable<SessionStatus> {
    return this.subject;
  }

  get tier(): string {
    return this.standing.isAnswering ? 'redis' : (this.fallback.serving ?? 'none');
  }

  recordOutage(error: RedisError): void {
    this.lastOutage = error;
    this.update();
  }

  /** A pass of recovery ended. An outage that everybody knows of is no failure of its own, and tells why it goes on. */
  recordPass(error?: unknown): void {
    if (error !== undefined) this.recordFailure(error);
    // A tier's own error says nothing of Redis, and is told as the tier's.
    if (mayFallBack(error) && error.endpoint !== undefined) this.lastOutage = error;
    else if (this.standing.isWell) this.lastOutage = undefined;
    this.update();
  }

  /** A replay that failed for another reason than the outage that everybody knows of. */
  recordFailure(error: unknown): void {
    const message = isRedisError(error) ? error.message : foreignText(error);
    if (mayFallBack(error) || message === this.lastFailure) return;
    this.lastFailure = message;
    this.logger.error(`Replaying session changes failed: ${message}`);
  }

  update(): void {
    if (this.hasEnded) return; // a pass that shutdown did not wait for
    this.events.changed();
    const last = this.subject.value;
    const status = this.status;
    if (status.tier !== last.tier || status.degraded !== last.degraded || status.trusted !== last.trusted) {
      this.subject.next(status);
      if (status.trusted !== last.trusted) this.events.trust(status);
      this.log(status, last);
    }
    // What was not known when sessions became degraded, or when they began so.
    if (status.degraded && !this.hasExplained && isExplained(this.facts)) this.sayDegraded();
  }

  /** Says what the end of the process takes with it. */
  end(): void {
    this.hasEnded = true;
    clearTimeout(this.later);
    this.statusLog.end();
    const { localDirtyCount: lost, dirtyCount: dirty } = this.fallback;
    if (lost > 0) this.logger.error(`${lost} session changes were not confirmed by Redis when the process ended.`);
    else if (dirty > 0) this.logger.log(KEPT);
    this.subject.complete();
  }

  /** One line when an outage begins or worsens, and one when all is replayed; that Redis answers again is not the end. */
  private log(status: SessionStatus, last: SessionStatus): void {
    if (!status.degraded) {
      this.lastOutage = undefined;
      this.lastFailure = undefined;
      this.hasExplained = false;
      clearTimeout(this.later);
      this.statusLog.say('log', 'Sessions are served by Redis; nothing waits to be replayed.');
    } else if (!last.degraded || status.tier !== 'redis') {
      if (isExplained(this.facts)) this.sayDegraded();
      else this.sayLater();
    }
  }

  /** The reason is mostly known a moment later, and a doubt that is over by then is not worth a line. */
  private sayLater(): void {
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      if (this.status.degraded && !this.hasExplained) this.sayDegraded();
    }, EXPLAINED_WITHIN_MS);
    this.later.unref();
  }

  private sayDegraded(): void {
    this.hasExplained = isExplained(this.facts);
    this.statusLog.say('error', degradedText(this.facts));
  }

  private get facts(): DegradedFacts {
    const { standing, fallback, lastOutage } = this;
    const { endpoint, state } = standing;
    return {
      tier: this.tier,
      endpoint,
      state,
      redisError: standing.connectionError ?? lastOutage,
      missing: fallback.missing,
      tierError: fallback.lastError,
      dirty: fallback.dirtyCount,
    };
  }
}

/** A tier that is not ours may have an id or a value in its message. */
function foreignText(error: unknown): string {
  const { name, code } = scrubError(error) as Error & { readonly code?: string | number };
  return `a tier threw ${name}${code === undefined ? '' : ` (${code})`}`;
}
