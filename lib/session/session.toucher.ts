import type { HeldSession, SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
import { isTombstone } from './join-entries.js';
import type { RedisOutcome } from './redis.tier.js';
import { mayFallBack, doubtError, unavailableError } from './session.error.js';
import type { SessionSources } from './session.reader.js';

/** How often a touch that met a newer change is given a newer version. */
const ATTEMPTS = 3;

/** Lengthens lives: in Redis each time, in a shared tier seldom and ahead of time. @internal */
export class SessionToucher {
  constructor(
    private readonly sources: SessionSources,
    private readonly untilVerified: () => Promise<void> | undefined,
    private readonly onMissed: () => void,
  ) {}

  /** False where there is no such session. */
  async touch(id: string, ttlMs: number): Promise<boolean> {
    const { standing, fallback, clock } = this.sources;
    const touch = { version: clock.next(), expiresAt: Date.now() + ttlMs };
    if (!standing.isEnabled && !fallback.isEmpty) return this.touchWhileOff(id, touch);
    const local = fallback.isEmpty ? undefined : await fallback.readLocal(id);
    if (local !== undefined && hasEnded(local)) return false;
    const verifying = this.untilVerified();
    if (verifying !== undefined) await verifying;
    const answer = await this.touchRedis(id, touch, local).catch((error: unknown) =>
      this.touchWithoutRedis(id, touch, error),
    );
    if (answer === 'unsure') throw doubtError('session.touch', id);
    return answer;
  }

  private async touchWhileOff(id: string, touch: SessionTouch): Promise<boolean> {
    const { fallback } = this.sources;
    const held = await fallback.touch(id, touch, false);
    if (held === undefined && !(await fallback.read(id)).answered) throw unavailableError('session.touch', id);
    this.sources.events.served('touch', 'disabled');
    return isLive(held);
  }

  private async touchRedis(id: string, touch: SessionTouch, local: HeldSession | undefined) {
    const { trust, fallback, clock, hasUsers } = this.sources;
    const { mode } = trust;
    const { outcome, sent } = await this.send(id, touch);
    clock.observe(outcome.version);
    if (outcome.status === 'gone') return this.keepGone(id, sent, outcome);
    if (mode !== 'redis') {
      const isKnown = await this.touchDoubted(id, sent, outcome.status === 'missing', mode === 'doubt');
      if (isKnown !== undefined) return isKnown;
    }
    if (outcome.status === 'missing') return this.touchUnconfirmed(id, sent, local);
    if (hasUsers) await this.touchIndex(id, sent);
    if (!fallback.isEmpty && !(await fallback.keepTouch(id, sent)))
      await this.note(id, outcome.version, sent.expiresAt);
    return true;
  }

  /** The index of users ends with its last session, and so has to hear of touches; as seldom as a shared tier. */
  private async touchIndex(id: string, { expiresAt }: SessionTouch): Promise<void> {
    const { standing, fallback, index, redis, userOf } = this.sources;
    if (!fallback.touches.isDue(id, expiresAt)) return;
    const entry = await standing.attempt('read', () => redis.get(id));
    const userId = userOf(entry?.data);
    const ahead = fallback.touches.ahead(expiresAt);
    if (userId !== undefined) await standing.attempt('write', () => index.add(userId, id, ahead));
    if (!fallback.hasShared) fallback.touches.told(id, ahead);
  }

  /** A touch that met a newer change follows it. */
  private async send(id: string, touch: SessionTouch): Promise<{ outcome: RedisOutcome; sent: SessionTouch }> {
    const { standing, redis, clock } = this.sources;
    let sent = touch;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await standing.attempt('write', () => redis.touch(id, sent));
      if (outcome.status !== 'stale' || attempt >= ATTEMPTS) return { outcome, sent };
      clock.observe(outcome.version);
      sent = { ...touch, version: clock.next() };
    }
  }

  /** Redis may be behind: a shared tier is asked too. Undefined where none answers, and Redis may be believed for once. */
  private async touchDoubted(id: string, touch: SessionTouch, isMissing: boolean, isStrict: boolean) {
    const { fallback, pending } = this.sources;
    const { held, trusted } = await fallback.read(id);
    const isSure = trusted || (held !== undefined && pending.isSure(id, held));
    if (isStrict && !isSure) return 'unsure';
    if (!trusted) return undefined;
    if (held !== undefined && hasEnded(held)) return false;
    if (held === undefined) return isMissing ? false : undefined;
    const kept = await fallback.touch(id, touch, isMissing);
    // What Redis has and a shared tier lacks, that tier missed.
    return kept === undefined && !isMissing ? undefined : isLive(kept);
  }

  /** Redis has no such session; this process may hold one that is not there yet, or that a returning Redis lost. */
  private async touchUnconfirmed(id: string, touch: SessionTouch, local: HeldSession | undefined): Promise<boolean> {
    const { fallback, standing } = this.sources;
    if (local === undefined) return false;
    if (local.dirty || !standing.isVerified) return isLive(await fallback.touch(id, touch, true));
    await fallback.forget(id, local.entry);
    return false;
  }

  private async touchWithoutRedis(id: string, touch: SessionTouch, error: unknown): Promise<boolean> {
    const { fallback, pending } = this.sources;
    if (!mayFallBack(error) || fallback.isEmpty) throw error;
    const held = await fallback.touch(id, touch, true);
    if (pending.isBehind(id, held?.entry)) throw unavailableError('session.touch', id, error);
    const known = held === undefined ? await fallback.read(id) : { held, trusted: true };
    if (known.held === undefined && !known.trusted) throw unavailableError('session.touch', id, error);
    this.sources.events.served('touch', 'outage');
    return isLive(held);
  }

  private async keepGone(id: string, { expiresAt }: SessionTouch, { version }: RedisOutcome): Promise<false> {
    const tombstone: SessionEntry = { version, expiryVersion: version, expiresAt, data: undefined };
    await this.sources.fallback.keep(id, tombstone, false);
    return false;
  }

  private async note(id: string, version: string, expiresAt: number): Promise<void> {
    const { standing, pending } = this.sources;
    await standing.attempt('write', () => pending.add(id, { version, expiresAt }));
    this.onMissed();
  }
}

/** By a change that is known and that Redis may not have: destroyed, or past an expiry that waits to be replayed. */
function hasEnded({ entry, dirty }: HeldSession): boolean {
  return isTombstone(entry) || (dirty && entry.expiresAt <= Date.now());
}

function isLive(held: HeldSession | undefined): boolean {
  return held !== undefined && !isTombstone(held.entry);
}
