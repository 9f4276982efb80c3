import { Logger } from '@nestjs/common';
import { BehaviorSubject } from 'rxjs';
import type { Observable } from 'rxjs';
import type { RedisError } from '../errors/redis.error.js';
import type { FallbackTiers } from './fallback-tiers.js';
import type { SessionStatus } from './interfaces/session.interface.js';
import type { RedisStanding } from './redis.standing.js';
import type { RedisTrust } from './redis.trust.js';
import { mayFallBack } from './session.error.js';
import { StatusLog } from './status-log.js';

/** Tells how sessions are served, and says so once when it changes. @internal */
export class SessionMonitor {
  private readonly logger = new Logger('SessionStore');
  private readonly statusLog = new StatusLog(this.logger);
  private readonly subject: BehaviorSubject<SessionStatus>;
  private lastOutage: RedisError | undefined;
  private lastFailure: string | undefined;
  private hasEnded = false;

  constructor(
    private readonly standing: RedisStanding,
    private readonly fallback: FallbackTiers,
    private readonly trust: RedisTrust,
  ) {
    this.subject = new BehaviorSubject(this.status);
  }

  get status(): SessionStatus {
    const dirty = this.fallback.dirtyCount;
    const trusted = this.standing.isAnswering && this.standing.isVerified && this.trust.mode !== 'doubt' && dirty === 0;
    const isInStep = this.standing.isWell && this.trust.mode === 'redis' && dirty === 0;
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

  /** A replay that failed for another reason than the outage that everybody knows of. */
  recordFailure(error: unknown): void {
    const message = error instanceof Error ? error.message : typeof error;
    if (mayFallBack(error) || message === this.lastFailure) return;
    this.lastFailure = message;
    this.logger.error(`Replaying session changes failed: ${message}`);
  }

  update(): void {
    if (this.hasEnded) return; // a pass that shutdown did not wait for
    const last = this.subject.value;
    const status = this.status;
    if (status.tier === last.tier && status.degraded === last.degraded && status.trusted === last.trusted) return;
    this.subject.next(status);
    this.log(status, last);
  }

  /** Says what the end of the process takes with it. */
  end(): void {
    this.hasEnded = true;
    this.statusLog.end();
    const dirty = this.fallback.dirtyCount;
    if (dirty > 0) this.logger.error(`${dirty} session changes were not confirmed by Redis when the process ended.`);
    this.subject.complete();
  }

  /** One line when an outage begins or worsens, and one when all is replayed; that Redis answers again is not the end. */
  private log(status: SessionStatus, last: SessionStatus): void {
    if (!status.degraded) {
      this.lastOutage = undefined;
      this.lastFailure = undefined;
      this.statusLog.say('log', 'Sessions are served by Redis; nothing waits to be replayed.');
    } else if (!last.degraded || status.tier !== 'redis') {
      const reason = (this.standing.connectionError ?? this.lastOutage)?.redisErrorKind ?? this.standing.state;
      this.statusLog.say(
        'error',
        `Sessions are degraded, served by: ${status.tier}. ${this.standing.endpoint}: ${reason}`,
      );
    }
  }
}
