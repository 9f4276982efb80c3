import { Module, type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';
import type { RedisConnection } from '../connection/redis.connection.js';
import { getRedisConnectionToken } from '../redis.constants.js';
import { QueueConnection } from './queue.connection.js';

/**
 * Which connection queues live on.
 *
 * @publicApi
 */
export interface QueueConnectionOptions {
  /** Name of the connection. @default the default connection */
  readonly connection?: string;
  /** Whether health is `down` without it. @default false */
  readonly required?: boolean;
  /** Where RedisModule is not global: the module that exports the connection. */
  readonly imports?: ModuleMetadata['imports'];
}

/**
 * Provides {@link QueueConnection}. Import it plainly for the default connection.
 *
 * @example
 * BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection })
 *
 * @publicApi
 */
@Module({ providers: [createQueueConnectionProvider({})], exports: [QueueConnection] })
export class QueueConnectionModule {
  /** For a named connection, or a required queue. */
  static forRoot(options: QueueConnectionOptions): DynamicModule {
    return {
      module: QueueConnectionForRoot,
      imports: options.imports ?? [],
      providers: [createQueueConnectionProvider(options)],
      exports: [QueueConnection],
    };
  }
}

/** Has no providers of its own: those of {@link QueueConnectionModule} are for the default connection. */
@Module({})
class QueueConnectionForRoot {}

function createQueueConnectionProvider({ connection, required = false }: QueueConnectionOptions): Provider {
  return {
    provide: QueueConnection,
    inject: [getRedisConnectionToken(connection)],
    useFactory: (handle: RedisConnection): QueueConnection => new QueueConnection(handle, required),
  };
}
