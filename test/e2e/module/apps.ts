import type { INestApplicationContext, LoggerService, ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';

/** Keeps what was logged, with the level. */
export class LogRecorder implements LoggerService {
  readonly lines: string[] = [];

  log(message: unknown): void {
    this.lines.push(`log ${String(message)}`);
  }

  warn(message: unknown): void {
    this.lines.push(`warn ${String(message)}`);
  }

  error(...messages: unknown[]): void {
    this.lines.push(`error ${messages.map(String).join(' ')}`);
  }
}

/** Boots test apps, and closes those that a test left open. */
export class Apps {
  readonly log = new LogRecorder();
  private readonly opened: INestApplicationContext[] = [];

  constructor() {
    beforeEach(() => this.log.lines.splice(0));
    afterEach(async () => {
      await Promise.all(this.opened.splice(0).map((app) => app.close()));
    });
  }

  async start(
    imports: ModuleMetadata['imports'],
    rest: Omit<ModuleMetadata, 'imports'> = {},
    overrides: readonly (readonly [unknown, unknown])[] = [],
  ): Promise<TestingModule> {
    const builder = Test.createTestingModule({ ...rest, imports: imports ?? [] }).setLogger(this.log);
    for (const [token, value] of overrides) builder.overrideProvider(token).useValue(value);
    const app = await builder.compile();
    this.opened.push(app);
    await app.init();
    return app;
  }
}
