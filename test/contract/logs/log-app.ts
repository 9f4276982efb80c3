import { jest } from '@jest/globals';
import type { LoggerService, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import type { RedisConnection } from '../../../lib/connection/redis.connection.js';
import { getRedisConnectionToken } from '../../../lib/redis.constants.js';
import { RedisModule } from '../../../lib/redis.module.js';
import type { RedisModuleRootOptions } from '../../../lib/redis.module-definition.js';
import type { RedisState } from '../../../lib/interfaces/redis-state.interface.js';
import { firstValueFrom } from 'rxjs';
import { filter } from 'rxjs/operators';
import { withDeadline } from '../../support/eventually.js';
import { track, untrack } from '../../support/resources.js';

/** What a process writes, as its collector gets it. */
export class WrittenLog {
  private text = '';
  private readonly restore: () => void;

  constructor() {
    const write = (chunk: unknown): boolean => {
      this.text += String(chunk);
      return true;
    };
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation(write),
    );
    this.restore = () => spies.forEach((spy) => spy.mockRestore());
  }

  /** Without what Node itself says of the modules that Jest loads. */
  get lines(): string[] {
    return this.text.split('\n').filter((line) => line !== '' && !/^\((node:\d+\)|Use `node)/.test(line));
  }

  /** Each line as the object that it is; throws for one that is none. */
  records(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  end(): void {
    this.restore();
  }
}

/** An app without a listener, that logs where it is told to. */
export class LogApp {
  readonly connection: RedisConnection;

  private constructor(private readonly module: TestingModule) {
    this.connection = module.get<RedisConnection>(getRedisConnectionToken());
  }

  static async start(
    logger: LoggerService,
    redis: RedisModuleRootOptions,
    besides: NonNullable<ModuleMetadata['imports']> = [],
  ): Promise<LogApp> {
    const imports = [RedisModule.forRoot(redis), ...besides];
    const module = await Test.createTestingModule({ imports }).setLogger(logger).compile();
    await module.init();
    return track(new LogApp(module));
  }

  async during(state: RedisState, cause: () => unknown): Promise<void> {
    const changed = firstValueFrom(this.connection.state$.pipe(filter(({ to }) => to === state)));
    await cause();
    await withDeadline(changed, { timeoutMs: 15_000, what: `state ${state}` });
  }

  async stop(): Promise<void> {
    untrack(this);
    await this.module.close();
  }
}
