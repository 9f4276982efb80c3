import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { FallbackTiers } from './fallback-tiers.js';
import { HybridClock } from './hybrid-clock.js';
import type { SessionSettings } from './interfaces/session-options.interface.js';
import { PendingSet } from './pending-set.js';
import { RedisStanding } from './redis.standing.js';
import { RedisTier } from './redis.tier.js';
import { RedisTrust } from './redis.trust.js';
import { SessionDirectory } from './session.directory.js';
import { SessionEvents } from './session-events.js';
import { SessionMonitor } from './session.monitor.js';
import { SessionReader } from './session.reader.js';
import type { SessionSources } from './session.reader.js';
import { SessionRecovery } from './session.recovery.js';
import { SessionReplacer } from './session.replacer.js';
import { SessionReplayer } from './session.replayer.js';
import { SessionRotation } from './session.rotation.js';
import { SessionToucher } from './session.toucher.js';
import { SessionVerifier } from './session.verifier.js';
import { SessionWriter } from './session.writer.js';
import { UserIndex } from './user-index.js';
import { userOfText } from './user-of.js';
import { TaggedScripts } from './tagged-scripts.js';

/** What a `SessionStore` is made of. @internal */
export interface SessionParts {
  readonly sources: SessionSources;
  readonly monitor: SessionMonitor;
  readonly recovery: SessionRecovery;
  readonly reader: SessionReader;
  readonly writer: SessionWriter;
  readonly replacer: SessionReplacer;
  readonly directory: SessionDirectory;
  readonly rotation: SessionRotation;
}

/** @internal */
export function createSessionParts(connection: RedisConnectionHandle, settings: SessionSettings): SessionParts {
  const standing = new RedisStanding(
    connection,
    (error) => {
      monitor.recordOutage(error);
      recovery.schedule();
    },
    () => monitor.update(),
  );
  const sources = createSources(connection, settings, standing);
  const monitor = new SessionMonitor(standing, sources.fallback, sources.trust, sources.events);
  const verifier = new SessionVerifier(sources);
  const recovery = new SessionRecovery(sources, verifier, new SessionReplayer(sources), monitor);
  const untilVerified = (): Promise<void> | undefined => verifier.settled();
  const reader = new SessionReader(sources, () => recovery.schedule());
  const onMissed = (): void => recovery.missed();
  const writer = new SessionWriter(sources, untilVerified, onMissed);
  const replacer = new SessionReplacer(sources, writer, untilVerified);
  const toucher = new SessionToucher(sources, untilVerified, onMissed);
  const rotation = new SessionRotation(sources, reader, writer, replacer, toucher);
  return {
    sources,
    monitor,
    recovery,
    reader,
    directory: new SessionDirectory(sources, { reader, rotation }, connection.commands, settings.keyPrefix),
    writer,
    replacer,
    rotation,
  };
}

function createSources(
  connection: RedisConnectionHandle,
  settings: SessionSettings,
  standing: RedisStanding,
): SessionSources {
  const { commands } = connection;
  const { fallback: tiers, touchAfterMs, keyPrefix } = settings;
  const scripts = new TaggedScripts(commands, (reason) => connection.distrust?.(reason));
  const fallback = new FallbackTiers(tiers, touchAfterMs);
  return {
    standing,
    fallback,
    trust: new RedisTrust(standing, fallback.ledger),
    redis: new RedisTier(commands, scripts, keyPrefix),
    pending: new PendingSet(commands, scripts, keyPrefix),
    clock: new HybridClock(),
    events: new SessionEvents(connection.name, fallback),
    index: new UserIndex(scripts, keyPrefix),
    hasUsers: settings.userOf !== undefined,
    userOf: (data) => userOfText(data, settings),
  };
}
