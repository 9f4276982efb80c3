import { Inject, Injectable, Optional } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { isRedisError, RedisError } from '../errors/redis.error.js';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { getRedisConnectionToken } from '../redis.constants.js';
import type { RedisHealthDetails } from './health-details.interface.js';
import type {
  HealthCheckSettings,
  RedisHealthCheckOptions,
  RedisHealthModuleOptions,
} from './health-options.interface.js';
import { HEALTH_OPTIONS } from './health.constants.js';
import type { HealthVerdict } from './health-verdict.js';
import { inspectConnection } from './inspect-connection.js';
import { QueueCounter } from './queue-counter.js';
import { validateHealthOptions } from './validate-health-options.js';

/**
 * Redis as a health indicator for `@nestjs/terminus`. It asks over the connection that is there, opens none, and
 * answers within its deadline, also when the server is frozen.
 *
 * `up`: the server answers and takes writes. `degraded` (HTTP 200): it refuses writes (replica, full, cannot save), or
 * it is out and every required feature serves from a fallback, or Postgres is out, where sessions are kept there too; or
 * a limit of the options is exceeded. `down` (HTTP 503): it is out and one has none, or no feature uses it. Turned off by
 * its flag: `up`, or `degraded` where a required feature has no fallback. Terminus 11 has no `degraded`; there it is `up`
 * with `degraded: true` in the details.
 *
 * @example
 * \@Get('health')
 * \@HealthCheck()
 * check() {
 *   return this.health.check([() => this.redis.isHealthy('redis')]);
 * }
 *
 * @publicApi
 */
@Injectable()
export class RedisHealthIndicator implements OnModuleInit {
  private readonly counter = new QueueCounter();
  /** Connections of which a check was not `down`. */
  private readonly started = new Set<RedisConnectionHandle>();

  constructor(
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Optional() @Inject(HEALTH_OPTIONS) private readonly defaults: RedisHealthModuleOptions | null = null,
  ) {}

  /** @internal */
  onModuleInit(): void {
    const { connection } = validateHealthOptions(this.defaults ?? {});
    this.connectionOf(connection);
  }

  /**
   * The state of Redis, as a result for terminus. Does not throw: faulty options are a `down` that says so.
   *
   * @param key the name of the result. @default 'redis'
   */
  isHealthy<const Key extends string = 'redis'>(
    key: Key = 'redis' as Key,
    options: RedisHealthCheckOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.answer(key, options, async (connection, settings) => this.inspect(key, connection, settings));
  }

  /**
   * For a startup probe: `down` until Redis, or what serves in its place, was well enough for the first time; from then on
   * `up`, without a question to anybody. Does not throw.
   *
   * @param key the name of the result. @default 'redis'
   */
  isStarted<const Key extends string = 'redis'>(
    key: Key = 'redis' as Key,
    options: RedisHealthCheckOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.answer(key, options, async (connection, settings) => {
      if (!this.started.has(connection)) return this.inspect(key, connection, settings);
      return this.indicators.check(key).up({ state: connection.state });
    });
  }

  private async answer<Key extends string>(
    key: Key,
    options: RedisHealthCheckOptions,
    ask: (connection: RedisConnectionHandle, settings: HealthCheckSettings) => Promise<HealthIndicatorResult<Key>>,
  ): Promise<HealthIndicatorResult<Key>> {
    try {
      const settings = validateHealthOptions({ ...this.defaults, ...options });
      return await ask(this.connectionOf(settings.connection), settings);
    } catch (error) {
      if (!isRedisError(error)) throw error;
      return this.indicators.check(key).down({ error: error.redisErrorKind, message: error.message });
    }
  }

  private async inspect<Key extends string>(
    key: Key,
    connection: RedisConnectionHandle,
    settings: HealthCheckSettings,
  ): Promise<HealthIndicatorResult<Key>> {
    const { status, details } = await inspectConnection(connection, settings, this.counter);
    if (status !== 'down') this.started.add(connection);
    return this.toResult(key, status, details);
  }

  private toResult<Key extends string>(
    key: Key,
    status: HealthVerdict['status'],
    details: RedisHealthDetails,
  ): HealthIndicatorResult<Key> {
    const session = this.indicators.check(key);
    if (status === 'up') return session.up({ ...details });
    if (status === 'down') return session.down({ ...details });
    return canSayDegraded(session) ? session.degraded({ ...details }) : session.up({ ...details, degraded: true });
  }

  private connectionOf(name: string | undefined): RedisConnectionHandle {
    try {
      return this.moduleRef.get<RedisConnectionHandle>(getRedisConnectionToken(name), { strict: false });
    } catch {
      throw new RedisError({
        kind: 'configuration',
        operation: 'health.configure',
        message: `The Redis health check finds no ${name === undefined ? 'default connection' : `connection '${name}'`}. Import RedisModule.forRoot() for it.`,
      });
    }
  }
}

/** Terminus 11 has no such status; its types and ours are those of 12. */
function canSayDegraded(session: object): boolean {
  return 'degraded' in session;
}
