import type { Subscription } from 'rxjs';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import type { SessionParts } from './session.parts.js';

/** Of a node on which Redis is off by choice: one that is on later has missed what was written meanwhile. */
const NO_SERVER = 'off';

/** Begins and ends what a store does in the background. @internal */
export class SessionLife {
  private subscription: Subscription | undefined;
  private unregister: (() => void) | undefined;

  constructor(
    private readonly connection: RedisConnectionHandle,
    private readonly parts: SessionParts,
    private readonly isRequired: boolean,
  ) {}

  /** Follows the connection, and shows itself to health and metrics. */
  async open(): Promise<void> {
    const { sources, monitor, recovery } = this.parts;
    const { fallback, standing } = sources;
    // First: where a tier refuses, nothing else has begun.
    await fallback.open();
    this.subscription = this.connection.state$.subscribe(({ from, to }) => {
      if (from === 'connected') standing.lost();
      if (to === 'connected') recovery.begin();
      monitor.update();
    });
    this.followLedger();
    this.unregister = this.connection.registerConsumer({
      name: 'session',
      required: this.isRequired,
      hasFallback: !fallback.isEmpty,
      tier: () => monitor.tier,
      lastError: () => fallback.lastError,
      dirty: () => fallback.dirtyCount,
      trusted: () => monitor.status.trusted,
    });
    if (!standing.isEnabled) await fallback.ledger?.meet(NO_SERVER).catch(() => undefined);
    if (standing.isConnected) recovery.begin();
    monitor.update();
  }

  /** Replays what it can, then stops. Called after the last request, while the connection is still open. */
  async close(): Promise<void> {
    const { sources, monitor, recovery } = this.parts;
    this.subscription?.unsubscribe();
    await recovery.stop();
    this.unregister?.();
    monitor.end();
    await sources.fallback.close();
  }

  /** A page that changed, or a tier that is back, may be work to do. */
  private followLedger(): void {
    const { sources, monitor, recovery } = this.parts;
    const { trust } = sources;
    const { ledger } = sources.fallback;
    let wasCurrent = false;
    ledger?.onChange(() => {
      const { isCurrent } = ledger;
      if (isCurrent && !wasCurrent) recovery.missed();
      else if (trust.mode === 'doubt' || sources.fallback.localDirtyCount > 0) recovery.schedule();
      wasCurrent = isCurrent;
      monitor.update();
    });
  }
}
