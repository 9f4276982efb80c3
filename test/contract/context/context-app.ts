import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { ContextCache, ContextModule } from '../../../lib/context/index.js';
import type { ContextModuleRootOptions } from '../../../lib/context/index.js';
import { RedisModule } from '../../../lib/redis.module.js';
import type { RedisModuleRootOptions } from '../../../lib/redis.module-definition.js';
import type { RedisConnectionHandle } from '../../../lib/interfaces/redis-connection.interface.js';
import { getRedisConnectionToken } from '../../../lib/redis.constants.js';
import type { TestDriver } from '../../support/drivers.js';
import type { RedisTestServer } from '../../support/redis-server.js';
import { track, untrack } from '../../support/resources.js';

/** An app with a chat context on a real server, through the modules that users import. */
export class ContextApp {
  readonly cache: ContextCache;
  readonly connection: RedisConnectionHandle;

  private constructor(private readonly module: TestingModule) {
    this.cache = module.get(ContextCache);
    this.connection = module.get<RedisConnectionHandle>(getRedisConnectionToken());
  }

  static async start(
    driver: TestDriver,
    server: RedisTestServer | undefined,
    context: ContextModuleRootOptions = {},
    redis: RedisModuleRootOptions = {},
  ): Promise<ContextApp> {
    const address = server === undefined ? { enabled: false } : { url: server.url };
    const module = await Test.createTestingModule({
      imports: [RedisModule.forRoot({ driver, ...address, ...redis }), ContextModule.forRoot(context)],
    }).compile();
    module.useLogger(false);
    await module.init();
    return track(new ContextApp(module));
  }

  async stop(): Promise<void> {
    untrack(this);
    await this.module.close();
  }
}

/** The two keys of a chat. */
export function keysOf(chatId: string, tenant = ''): { list: string; hash: string } {
  return { list: `dialog:chat:{${tenant}:${chatId}}:m`, hash: `dialog:chat:{${tenant}:${chatId}}:s` };
}

/** What was said, in short. */
export function contents(messages: readonly { readonly content: unknown }[]): unknown[] {
  return messages.map(({ content }) => content);
}
