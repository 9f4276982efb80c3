import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import { RedisHealthIndicator, RedisHealthModule } from '../../../lib/health/index.js';
import type {
  RedisHealthCheckOptions,
  RedisHealthDetails,
  RedisHealthModuleOptions,
} from '../../../lib/health/index.js';
import type { RedisConnectionHandle } from '../../../lib/interfaces/redis-connection.interface.js';
import type { RedisState } from '../../../lib/interfaces/redis-state.interface.js';
import { getRedisConnectionToken } from '../../../lib/redis.constants.js';
import { RedisModule } from '../../../lib/redis.module.js';
import type { RedisModuleRootOptions } from '../../../lib/redis.module-definition.js';
import { firstValueFrom } from 'rxjs';
import { filter } from 'rxjs/operators';
import { withDeadline } from '../../support/eventually.js';
import { track, untrack } from '../../support/resources.js';

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(RedisHealthIndicator) private readonly redis: RedisHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.redis.isHealthy('redis')]);
  }
}

/** As users have it: a module of its own, with terminus, and nothing of ours. */
@Module({ imports: [TerminusModule.forRoot({ logger: false })], controllers: [HealthController] })
class HealthModule {}

/** What GET /health answers. */
export interface HealthAnswer {
  readonly code: number;
  /** Of the whole: ok, degraded, error. */
  readonly status: string;
  readonly redis: RedisHealthDetails & { readonly status: string };
  readonly body: string;
}

/** An HTTP app with terminus and our indicator, on a real server. */
export class HealthApp {
  readonly connection: RedisConnectionHandle;

  private constructor(private readonly app: INestApplication) {
    this.connection = app.get<RedisConnectionHandle>(getRedisConnectionToken());
  }

  static async start(
    redis: RedisModuleRootOptions,
    health?: RedisHealthModuleOptions,
    besides: NonNullable<ModuleMetadata['imports']> = [],
  ): Promise<HealthApp> {
    const ours = health === undefined ? RedisHealthModule : RedisHealthModule.forRoot(health);
    const module = await Test.createTestingModule({
      imports: [RedisModule.forRoot(redis), ours, HealthModule, ...besides],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    return track(new HealthApp(app));
  }

  async get(): Promise<HealthAnswer> {
    const { port } = (this.app.getHttpServer() as { address(): AddressInfo }).address();
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    const body = await response.text();
    const { status, details } = JSON.parse(body) as { status: string; details: { redis: HealthAnswer['redis'] } };
    return { code: response.status, status, redis: details.redis, body };
  }

  /** A check of its own, with these options over the module's. */
  async check(options: RedisHealthCheckOptions): Promise<HealthAnswer['redis']> {
    const { redis } = await this.app.get(RedisHealthIndicator, { strict: false }).isHealthy('redis', options);
    return redis as unknown as HealthAnswer['redis'];
  }

  find<T>(token: string): T {
    return this.app.get<T>(token, { strict: false });
  }

  /** A feature that would live on this connection. */
  addConsumer(required: boolean, hasFallback: boolean): void {
    const tier = (): string => (this.connection.state === 'connected' ? 'redis' : hasFallback ? 'memory' : 'none');
    this.connection.registerConsumer({ name: 'feature', required, hasFallback, tier });
  }

  async during(state: RedisState, cause: () => Promise<void>): Promise<void> {
    const changed = firstValueFrom(this.connection.state$.pipe(filter(({ to }) => to === state)));
    await cause();
    await withDeadline(changed, { timeoutMs: 10_000, what: `state ${state}` });
  }

  async stop(): Promise<void> {
    untrack(this);
    await this.app.close();
  }
}
