import { ERROR_HINTS } from '../../errors/error-hints.js';
import type { RedisErrorKind } from '../../errors/redis-error-kind.js';
import { RedisError } from '../../errors/redis.error.js';
import { scrubError } from '../../errors/scrub-error.js';
import { oneLine, scrubText } from '../../errors/scrub-text.js';
import { tellingRank } from '../../errors/telling-rank.js';
import { toRedisError } from '../../errors/to-redis-error.js';
import type { HostEndpoint, RedisSentinelSettings } from '../../interfaces/redis-settings.interface.js';
import { endpointText } from '../endpoint-text.js';

/** What one sentinel answered in place of an address. @internal */
export interface SentinelFailure {
  readonly node: HostEndpoint;
  readonly reason: unknown;
}

/** What to do about them, where it is not what one would do about the server. */
const HINTS: Partial<Readonly<Record<RedisErrorKind, string>>> = {
  configuration: 'Check sentinel.name (REDIS_SENTINEL_NAME) and sentinel.nodes (REDIS_SENTINELS).',
  auth: "This is the sentinels' own login: check sentinel.username and sentinel.password (REDIS_SENTINEL_PASSWORD).",
  permission: "The sentinels' user needs the right to +sentinel|get-master-addr-by-name and +sentinel|master.",
  refused: 'No sentinel accepts connections: check sentinel.nodes (REDIS_SENTINELS), and that they run.',
};

const MAX_SAID = 120;
const MAX_NODES = 5;

/** Makes the errors of the way from the sentinels to the master. @internal */
export class SentinelErrors {
  /** Where we are going, while the master is not known. */
  readonly endpoint: string;

  constructor(private readonly sentinel: RedisSentinelSettings) {
    const nodes = sentinel.nodes.map((node) => endpointText({ endpoint: node }));
    this.endpoint = `${sentinel.name} (sentinels ${nodes.join(', ')})`;
  }

  /** No sentinel named a master. */
  noMaster(failures: readonly SentinelFailure[]): RedisError {
    const told = failures.map(({ node, reason }) => ({ ...this.classify(reason), node, reason }));
    // Sentinels are alike, and one of them may also be down.
    const [main] = told.toSorted((one, other) => tellingRank(one.kind) - tellingRank(other.kind));
    const kind = main?.kind ?? 'unavailable';
    const said = told.slice(0, MAX_NODES).map(({ node, text }) => `${endpointText({ endpoint: node })} ${text}`);
    return this.create(
      kind,
      `no sentinel named a master of "${this.sentinel.name}": ${said.join('; ')}. ${HINTS[kind] ?? ERROR_HINTS[kind]}`,
      main?.reason,
    );
  }

  /** The sentinels are ahead of the server that they named: its promotion is not done, or they are behind the times. */
  stillReplica(master: HostEndpoint): RedisError {
    const where = endpointText({ endpoint: master });
    return this.create(
      'read-only',
      `the sentinels name ${where}, which is still a replica; it is asked for again soon.`,
    );
  }

  /** Another server was made master. */
  moved(from: HostEndpoint, to: HostEndpoint): RedisError {
    const [old, now] = [from, to].map((endpoint) => endpointText({ endpoint }));
    return this.create(
      'connection-lost',
      `${old} is the master no longer, the sentinels name ${now}; it is taken next.`,
    );
  }

  closed(): RedisError {
    return this.create('closed', 'the connection was closed by its owner.');
  }

  private classify(reason: unknown): { readonly kind: RedisErrorKind; readonly text: string } {
    const told = toRedisError(reason, { operation: 'connect', secrets: this.secrets, fallbackKind: 'connection-lost' });
    const kind = told.redisErrorKind;
    if (told === reason) return { kind, text: told.message };
    const said = oneLine(scrubText(told.cause instanceof Error ? told.cause.message : '', this.secrets), MAX_SAID);
    return { kind, text: said === '' ? kind : `${kind}, "${said}"` };
  }

  private create(kind: RedisErrorKind, what: string, reason?: unknown): RedisError {
    return new RedisError({
      kind,
      operation: 'connect',
      endpoint: this.endpoint,
      message: `Redis connect failed: ${what}`,
      ...(reason !== undefined && { cause: scrubError(reason, this.secrets) }),
    });
  }

  private get secrets(): readonly string[] {
    return this.sentinel.password === undefined ? [] : [this.sentinel.password];
  }
}
